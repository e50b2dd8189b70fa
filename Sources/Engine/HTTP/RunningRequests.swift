/// The requests whose handlers run or whose answers are on their way.
///
/// libmicrohttpd must not be stopped while one of its connections is suspended.
final class RunningRequests: Sendable {
    private struct State {
        var nextID: UInt64 = 0
        var tasks: [UInt64: Task<Void, Never>?] = [:]
        var idle: [Promise<Void>] = []
    }

    private let state = Locked(State())

    /// Registers first and starts then, since the task may be done before `start` returns.
    func start(_ begin: () -> Task<Void, Never>) -> UInt64 {
        let id = state.withLock { state in
            state.nextID += 1
            state.tasks[state.nextID] = .some(nil)
            return state.nextID
        }
        let task = begin()
        state.withLock { state in
            if state.tasks[id] != nil { state.tasks[id] = task }
        }
        return id
    }

    /// The answer went out, or the connection is gone.
    func delivered(_ id: UInt64?) {
        guard let id else { return }
        let idle = state.withLock { state -> [Promise<Void>] in
            state.tasks[id] = nil
            guard state.tasks.isEmpty else { return [] }
            defer { state.idle = [] }
            return state.idle
        }
        for promise in idle { promise.settle(()) }
    }

    /// Waits for every request; after `grace` cancels what is left and waits on.
    func drain(within grace: Duration) async {
        let idle = Promise<Void>()
        let isIdle = state.withLock { state in
            if !state.tasks.isEmpty { state.idle.append(idle) }
            return state.tasks.isEmpty
        }
        if isIdle { return }
        if await idle.value(within: grace) != nil { return }
        for task in state.withLock({ $0.tasks.values.compactMap { $0 } }) { task.cancel() }
        await idle.value
    }
}
