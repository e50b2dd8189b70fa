/// The one way in for deliveries: what queued while the last commit ran goes in one transaction.
///
/// A commit that reaches the disk costs the same for one event as for hundreds.
package final class EventIntake: Sendable {
    package struct Limits: Sendable {
        /// How many deliveries may wait or be under way, and their bytes.
        package var count = 1000
        package var bytes = 64 << 20
        /// How many may share a commit, and their bytes.
        package var groupCount = 256
        package var groupBytes = 8 << 20
        package init() {}
    }

    private struct Waiting {
        let arrival: EventStore.Arrival
        let answer: CheckedContinuation<EventStore.Outcome, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var count = 0
        var bytes = 0
        var isWriting = false
    }

    private enum Admission { case full, queued, first }

    package let store: EventStore
    private let limits: Limits
    private let state = Locked(State())
    private let listeners = ChangeListeners()

    package init(_ store: EventStore, limits: Limits = Limits()) {
        self.store = store
        self.limits = limits
    }

    /// Stores a delivery, durable when it returns.
    ///
    /// Throws ``MalformedDelivery``, ``IntakeFull`` or a ``DatabaseError``. It is not given up when
    /// the task is cancelled: what becomes of the commit is known soon.
    package func take(_ arrival: EventStore.Arrival) async throws -> Delivery {
        try await withCheckedContinuation { answer in
            switch admit(Waiting(arrival: arrival, answer: answer)) {
            case .full: answer.resume(returning: .failure(IntakeFull()))
            case .queued: break
            case .first: Task { await write() }
            }
        }.get()
    }

    /// Says when something was stored here; a hint, like ``Database/changes()``.
    package func arrivals() -> AsyncStream<Void> { listeners.stream() }

    private func admit(_ waiting: Waiting) -> Admission {
        state.withLock { state in
            let bytes = state.bytes + waiting.arrival.byteCount
            guard state.count == 0 || state.count < limits.count && bytes <= limits.bytes else {
                return .full
            }
            state.waiting.append(waiting)
            state.count += 1
            state.bytes = bytes
            defer { state.isWriting = true }
            return state.isWriting ? .queued : .first
        }
    }

    /// Ends when nothing waits any more; the next delivery starts it again.
    private func write() async {
        while let group = nextGroup() {
            let outcomes = await store.append(group.map(\.arrival))
            state.withLock { state in
                state.count -= group.count
                state.bytes -= group.reduce(0) { $0 + $1.arrival.byteCount }
            }
            for (waiting, outcome) in zip(group, outcomes) {
                waiting.answer.resume(returning: outcome)
            }
            listeners.tell()
        }
    }

    private func nextGroup() -> [Waiting]? {
        state.withLock { state in
            var bytes = 0
            let group = state.waiting.prefix(limits.groupCount).prefix { waiting in
                defer { bytes += waiting.arrival.byteCount }
                return bytes == 0 || bytes + waiting.arrival.byteCount <= limits.groupBytes
            }
            state.waiting.removeFirst(group.count)
            state.isWriting = !group.isEmpty
            return group.isEmpty ? nil : Array(group)
        }
    }
}

/// More deliveries wait than can be kept in memory; the provider is to come again.
package struct IntakeFull: Error, Equatable {}
