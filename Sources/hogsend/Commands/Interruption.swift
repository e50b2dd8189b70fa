import Dispatch
import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ctrl-C and SIGTERM cancel the command, which then cleans up after itself.
enum Interruption {
    /// Longer than anything a cancelled command still waits for.
    ///
    /// A refresh that was sent has 20 s, and a few to store its token; many supervisors kill after
    /// 30.
    private static let patience = 25

    static func run(
        _ body: @escaping @Sendable () async throws -> Int32
    ) async throws -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { watch($0, task) }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }

    private static func watch(
        _ number: Int32, _ task: Task<Int32, any Error>
    ) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let queue = DispatchQueue(label: "hogsend.interruption")
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        let isRepeated = CancellationFlag()
        source.setEventHandler {
            // The second one means "now".
            if isRepeated.isSet { end() }
            isRepeated.set()
            task.cancel()
            queue.asyncAfter(deadline: .now() + .seconds(patience)) {
                end()
            }
        }
        source.resume()
        return source
    }

    private static func end() -> Never {
        if HiddenInput.restore() { HiddenInput.discardRest() }
        _exit(ExitStatus.interrupted)
    }
}
