import Engine

/// `hogsend serve`: the instance.
struct ServeCommand: Command {
    let usage = "serve"
    let summary = "run the instance; everything is set by its environment"

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await start(context)
        // Ends when the task is cancelled, which is what SIGTERM and Ctrl-C do.
        let forever = AsyncStream<Never> { _ in }
        for await _ in forever {}
        await instance.stop()
        context.console.document(["ok": true, "verdict": "stopped"])
        return ExitStatus.done
    }

    private func start(_ context: CommandContext) async throws -> Instance {
        do {
            let configuration = try InstanceConfiguration(
                context.environment, registry: context.registry)
            return try await Instance(
                configuration, registry: context.registry, version: Hogsend.version,
                client: context.client, log: Log())
        } catch let error as any ActionableError {
            throw ConnectError(.invalidConfiguration, error.description, hint: error.hint)
        }
    }
}
