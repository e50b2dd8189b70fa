import Dispatch

/// A serial queue as an actor's executor, for an actor that makes blocking C calls.
///
/// A blocked thread of the cooperative pool is half a server on two cores; a queue's thread may
/// block.
package final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}

/// Threads for blocking calls that need no order among themselves.
package enum BlockingCall {
    /// Runs `body` on a thread that may block, and waits for it without blocking the caller's.
    package static func run<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            OwnThread.start { continuation.resume(returning: body()) }
        }
    }
}
