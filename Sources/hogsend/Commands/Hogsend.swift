public import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The command line of hogsend, for a program that brings its own list of providers.
public enum Hogsend {
    /// The version that `--version` shows and that requests name.
    public static let version = "0.1.0"

    /// Runs one command line and answers the exit status.
    ///
    /// `arguments` are the words after the program's name. Nothing below this function ends the
    /// process, but for a second Ctrl-C and for an interrupted command that does not end.
    ///
    /// `sinks` are what `hogsend worker` of this program hands events to.
    public static func run(
        _ arguments: [String], providers: [any Provider], sinks: [any EventSink] = []
    ) async -> Int32 {
        ProcessHardening.apply()
        let console = Console(isJSON: arguments.contains("--json"))
        do {
            let registry = try ProviderRegistry(providers)
            try CommandTable(registry: registry).check()
            let line = try CommandLineReader(registry: registry).read(arguments)
            return try await Interruption.run { try await line.run(console: console, sinks: sinks) }
        } catch let error as UsageError {
            Console.write("error: \(error.description)\n", to: 2)
            Console.write("usage: hogsend <command> [flags]; see hogsend --help\n", to: 2)
            return ExitStatus.usage
        } catch {
            return refuse(error, console)
        }
    }

    /// Runs the process's own command line and ends the process with its exit status.
    public static func main(
        providers: [any Provider], sinks: [any EventSink] = []
    ) async -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        exit(await run(arguments, providers: providers, sinks: sinks))
    }

    private static func refuse(_ error: any Error, _ console: Console) -> Int32 {
        let refusal: ConnectError =
            switch error {
            case let error as ConnectError: error
            case let error as any ActionableError:
                ConnectError(.invalidConfiguration, error.description, hint: error.hint)
            case is CancellationError:
                ConnectError(.interrupted, "interrupted", hint: "run the command again")
            default: ConnectError(.invalidConfiguration, "the command could not run", hint: nil)
            }
        console.refusal(refusal)
        return refusal.verdict == .interrupted ? ExitStatus.interrupted : ExitStatus.refused
    }
}
