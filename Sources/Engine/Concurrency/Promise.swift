/// A value that is set once, from anywhere, and awaited by any number of tasks.
package final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case waiting([@Sendable (Value) -> Void])
        case settled(Value)
    }

    private let state = Locked(State.waiting([]))

    package init() {}

    /// Settles the promise; answers whether this call was the one that did.
    @discardableResult
    package func settle(_ value: Value) -> Bool {
        let waiters: [@Sendable (Value) -> Void]? = state.withLock { state in
            guard case .waiting(let waiters) = state else { return nil }
            state = .settled(value)
            return waiters
        }
        for waiter in waiters ?? [] { waiter(value) }
        return waiters != nil
    }

    /// The value, as soon as there is one.
    package var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                whenSettled { continuation.resume(returning: $0) }
            }
        }
    }

    private func whenSettled(_ waiter: @escaping @Sendable (Value) -> Void) {
        let settled: Value? = state.withLock { state in
            switch state {
            case .settled(let value): return value
            case .waiting(let waiters):
                state = .waiting(waiters + [waiter])
                return nil
            }
        }
        if let settled { waiter(settled) }
    }

    /// The value, or nil when it does not come in time or the waiting task is cancelled.
    package func value(within limit: Duration) async -> Value? {
        let first = Promise<Value?>()
        whenSettled { first.settle($0) }
        let timing = Task {
            try? await Task.sleep(for: limit)
            first.settle(nil)
        }
        defer { timing.cancel() }
        return await withTaskCancellationHandler {
            await first.value
        } onCancel: {
            first.settle(nil)
        }
    }
}
