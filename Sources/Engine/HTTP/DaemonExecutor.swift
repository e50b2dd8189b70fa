/// Runs what the handlers of a daemon's requests do after they waited, on the daemon's own thread.
///
/// All that was waiting for one commit goes on in one turn, with one wake-up, instead of on so many
/// threads that each wake the daemon. Whatever blocks has a thread of its own anyway.
final class DaemonExecutor: TaskExecutor {
    private let jobs = Locked<[UnownedJob]>([])
    private let pipe: WakePipe

    init(_ pipe: WakePipe) {
        self.pipe = pipe
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if isFirst { pipe.wake() }
    }

    /// On the daemon's thread.
    func runAll() {
        while true {
            let ready = jobs.withLock { jobs in
                defer { jobs.removeAll(keepingCapacity: true) }
                return Array(jobs)
            }
            if ready.isEmpty { return }
            for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
