import Dispatch
import Engine
import PostHogSimulator

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

let usage = """
    usage: posthog-simulator [--port N] [--map HOST:PORT=127.0.0.1:PORT]... [--exit-with-stdin]
           posthog-simulator browse URL
           posthog-simulator emit ORIGIN EVENT

    """

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "browse" {
    exit(await browse(arguments.dropFirst().first))
} else if arguments.first == "emit" {
    exit(await emit(arguments.dropFirst()))
} else if let options = Options(arguments) {
    exit(await serve(options))
} else {
    say(usage, on: STDERR_FILENO)
    exit(2)
}
