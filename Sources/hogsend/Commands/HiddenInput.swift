import Engine
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lines that a terminal does not show while they are typed.
///
/// The terminal outlives the program, so that its echo is put back on every way out: at the end, on
/// cancellation, before the process is ended or stopped by a signal.
enum HiddenInput {
    /// SIGINT and SIGTERM cancel the command, and then the line ends here.
    private static let signals = [SIGHUP, SIGQUIT, SIGTSTP]

    /// How the terminal was before, and without its echo: written before `isHidden` is set, and read
    /// by signal handlers, which can take no lock.
    nonisolated(unsafe) private static let settings =
        UnsafeMutableBufferPointer<termios>.allocate(capacity: 2)
    private static let isHidden = Atomic(false)
    private static let isAsking = Atomic(false)

    /// Shows the question, and reads a line of stdin unseen; nil at its end or when cancelled.
    static func line(_ question: String) async -> String? {
        guard tcgetattr(STDIN_FILENO, &settings[0]) == 0 else { return nil }
        settings[1] = settings[0]
        settings[1].c_lflag &= ~tcflag_t(ECHO)
        let watched = signals.filter(watch)
        isAsking.store(true, ordering: .sequentiallyConsistent)
        conceal()
        defer {
            isAsking.store(false, ordering: .sequentiallyConsistent)
            restore()
            for number in watched { signal(number, SIG_DFL) }
            Console.write("\n", to: STDOUT_FILENO)
        }
        Console.write(question, to: STDOUT_FILENO)
        return await PatientInput.line()
    }

    /// Takes away what was pasted and not asked for, which the shell would show and run.
    static func discardRest() {
        tcflush(STDIN_FILENO, TCIFLUSH)
    }

    /// One that goes on in the background would be stopped again by what it does to the terminal, and
    /// could not be ended.
    private static func conceal() {
        isHidden.store(true, ordering: .sequentiallyConsistent)
        var (output, before) = (sigset_t(), sigset_t())
        sigemptyset(&output)
        sigaddset(&output, SIGTTOU)
        pthread_sigmask(SIG_BLOCK, &output, &before)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings[1])
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    /// Makes the terminal what it was; false when it is that.
    @discardableResult
    static func restore() -> Bool {
        guard isHidden.exchange(false, ordering: .sequentiallyConsistent) else { return false }
        tcsetattr(STDIN_FILENO, TCSANOW, &settings[0])
        return true
    }

    // MARK: Signals

    /// False for one that is ignored, as under `nohup`, and stays so.
    private static func watch(_ number: Int32) -> Bool {
        let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
        if unsafeBitCast(signal(number, SIG_IGN), to: Int.self) == ignored { return false }
        signal(number) { HiddenInput.take($0) }
        return true
    }

    /// Does what the signal does by itself, with the terminal as it was.
    private static func take(_ number: Int32) {
        let error = errno
        restore()
        signal(number, SIG_DFL)
        var (wanted, before) = (sigset_t(), sigset_t())
        sigemptyset(&wanted)
        sigaddset(&wanted, number)
        pthread_sigmask(SIG_UNBLOCK, &wanted, &before)
        raise(number)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        // Only what was stopped comes here, once it goes on.
        if isAsking.load(ordering: .sequentiallyConsistent) {
            signal(number) { HiddenInput.take($0) }
            conceal()
        }
        errno = error
    }
}
