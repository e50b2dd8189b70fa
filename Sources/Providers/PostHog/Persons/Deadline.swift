import Engine

/// Waits for somebody else's work, but not for ever.
enum Deadline {
    /// The task's value; nil when it does not come in time or the waiting task is cancelled.
    ///
    /// The task itself goes on.
    static func value<Value: Sendable>(
        of task: Task<Value, Never>, within limit: Duration
    ) async -> Value? {
        let (first, continuation) = AsyncStream<Value?>.makeStream()
        let work = Task { continuation.yield(await task.value) }
        let clock = Task {
            try? await Task.sleep(for: limit)
            continuation.yield(nil)
        }
        defer {
            work.cancel()
            clock.cancel()
        }
        for await value in first { return value }
        return nil
    }
}
