/// Runs what the handlers of a daemon's requests do after they waited, on the daemon's own thread.
///
/// All that was waiting for one commit goes on in one turn, with one wake-up, instead of on so many
/// threads that each wake the daemon. Whatever blocks has a thread of its own anyway.
final class DaemonExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The thread waits, or is about to, and must be woken.
        var isResting = false
    }

    private let state = Locked(State())
    private let pipe: WakePipe

    init(_ pipe: WakePipe) {
        self.pipe = pipe
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wakes = state.withLock { state in
            state.jobs.append(job)
            defer { state.isResting = false }
            return state.isResting
        }
        if wakes { pipe.wake() }
    }

    // MARK: On the daemon's thread

    /// Whether there is nothing to run; from now on a job wakes the thread.
    func mayRest() -> Bool {
        state.withLock { state in
            state.isResting = state.jobs.isEmpty
            return state.isResting
        }
    }

    /// Runs what is there; what comes of it has its turn after the connections had theirs.
    func runReady() {
        let ready = state.withLock { state in
            state.isResting = false
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
