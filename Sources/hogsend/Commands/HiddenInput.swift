import Dispatch
import Engine

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
    /// How the terminal was before; nil while it shows what is typed.
    private static let saved = Locked<termios?>(nil)
    /// SIGINT and SIGTERM cancel the command, and then the line ends here.
    private static let signals = [SIGHUP, SIGQUIT, SIGTSTP]

    /// Shows the question, and reads a line of stdin unseen; nil at its end or when cancelled.
    static func line(_ question: String) async -> String? {
        conceal()
        let sources = signals.map(watch)
        defer {
            for source in sources { source.cancel() }
            for number in signals { signal(number, SIG_DFL) }
            restore()
            Console.write("\n", to: STDOUT_FILENO)
        }
        Console.write(question, to: STDOUT_FILENO)
        return await PatientInput.line()
    }

    private static func conceal() {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        let before = settings
        saved.withLock { $0 = $0 ?? before }
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Makes the terminal what it was; does nothing when it is that.
    static func restore() {
        saved.withLock { saved in
            guard var settings = saved else { return }
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
            saved = nil
        }
    }

    private static func watch(_ number: Int32) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(
            signal: number, queue: DispatchQueue(label: "hogsend.hidden-input"))
        source.setEventHandler {
            restore()
            take(number)
            // Only what was stopped comes here, once it goes on.
            signal(number, SIG_IGN)
            conceal()
        }
        source.resume()
        return source
    }

    /// Does what the signal does by itself; threads of a queue have it blocked.
    private static func take(_ number: Int32) {
        signal(number, SIG_DFL)
        var (wanted, before) = (sigset_t(), sigset_t())
        sigemptyset(&wanted)
        sigaddset(&wanted, number)
        pthread_sigmask(SIG_UNBLOCK, &wanted, &before)
        raise(number)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
