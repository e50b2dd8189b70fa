import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where this process ends, or stands still until it is continued; once.
final class Stop: Sendable {
    /// The steps of a refresh, in order.
    enum Step: String {
        /// The journal says that it is about to be sent.
        case beforeSend = "before-send"
        /// The request is out, and its answer is not read.
        case afterSend = "after-send"
        /// The answer is read, and nothing of it is stored.
        case afterAnswer = "after-answer"
        /// The row is being replaced.
        case duringSave = "during-save"
        /// The row is replaced, and the journal does not know it.
        case afterSave = "after-save"
    }

    let step: Step
    private let signal: Int32
    private let isOver = Locked(false)

    init?(step: String, manner: String) {
        guard let step = Step(rawValue: step),
            let signal = ["kill": SIGKILL, "pause": SIGSTOP][manner]
        else { return nil }
        self.step = step
        self.signal = signal
    }

    /// Whether it is still to happen, there.
    func isAhead(_ step: Step) -> Bool {
        step == self.step && isOver.withLock { !$0 }
    }

    func reach(_ step: Step) {
        guard step == self.step,
            isOver.withLock({ over in
                defer { over = true }
                return !over
            })
        else { return }
        say("at \(step.rawValue)")
        raise(signal)
    }
}
