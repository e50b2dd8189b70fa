/// The requests whose handlers run or whose answers are on their way.
///
/// libmicrohttpd ends the process when it is stopped while one of its connections is suspended, so
/// once stopping begins no handler starts.
final class RunningRequests: Sendable {
    private struct State {
        var nextID: UInt64 = 0
        var isStopping = false
        var isCancelled = false
        /// Nil while a handler's first part runs on the daemon's thread.
        var handlers: [UInt64: Task<Void, Never>?] = [:]
        /// How many counters have yet to answer.
        var taken = 0
        /// How many answers of theirs are on their way.
        var answered = 0
        var undelivered: Set<UInt64> = []
        var streams: [UInt64: ResponseStream] = [:]
    }

    private static let lastWait = Duration.seconds(1)

    private let state = Locked(State())
    private let allHandled = Promise<Void>()
    private let allDelivered = Promise<Void>()

    /// Registers first and starts then, since the task may be done before `start` returns; nil when
    /// stopping has begun.
    func start(_ begin: (UInt64) -> Task<Void, Never>) -> UInt64? {
        let next = state.withLock { state -> UInt64? in
            guard !state.isStopping else { return nil }
            state.nextID += 1
            state.handlers[state.nextID] = .some(nil)
            state.undelivered.insert(state.nextID)
            return state.nextID
        }
        guard let id = next else { return nil }
        let task = begin(id)
        let isCancelled = state.withLock { state in
            if state.handlers[id] != nil { state.handlers[id] = task }
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
        return id
    }

    /// The handler is done and its connection goes on.
    func handled(_ id: UInt64) {
        change { $0.handlers[id] = nil }
    }

    /// The answer has begun and goes on until stopping begins.
    func streams(_ stream: ResponseStream, _ id: UInt64?) {
        guard let id else { return }
        let isStopping = state.withLock { state in
            state.streams[id] = stream
            return state.isStopping
        }
        if isStopping { stream.end() }
    }

    /// The answer went out, or the connection is gone.
    func delivered(_ id: UInt64?) {
        guard let id else { return }
        change { state in
            state.undelivered.remove(id)
            state.streams[id] = nil
        }
    }

    /// Counts a request that a counter is to take; false when stopping has begun.
    func take() -> Bool {
        state.withLock { state in
            if state.isStopping { return false }
            state.taken += 1
            return true
        }
    }

    /// The counter did not take it after all.
    func leave() {
        change { $0.taken -= 1 }
    }

    /// Its connection goes on.
    func answer(_ count: Int) {
        change { state in
            state.taken -= count
            state.answered += count
        }
    }

    /// The answer of a counter went out, or the connection is gone.
    func deliveredAnswer() {
        change { $0.answered -= 1 }
    }

    /// Waits for every answer; what runs after `grace` is cancelled and waited for, and its answer
    /// has a moment to reach a client that reads.
    func drain(within grace: Duration) async {
        change { $0.isStopping = true }
        for stream in state.withLock({ Array($0.streams.values) }) { stream.end() }
        if await allDelivered.value(within: grace) != nil { return }
        let running = state.withLock { state in
            state.isCancelled = true
            return state.handlers.values.compactMap { $0 }
        }
        for task in running { task.cancel() }
        await allHandled.value
        _ = await allDelivered.value(within: Self.lastWait)
    }

    private func change(_ body: (inout State) -> Void) {
        let (isHandled, isDelivered) = state.withLock { state in
            body(&state)
            return (
                state.isStopping && state.handlers.isEmpty && state.taken == 0,
                state.isStopping && state.undelivered.isEmpty && state.taken + state.answered == 0
            )
        }
        if isHandled { allHandled.settle(()) }
        if isDelivered { allDelivered.settle(()) }
    }
}
