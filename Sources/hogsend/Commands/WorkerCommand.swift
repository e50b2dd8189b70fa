import Engine

/// `hogsend worker`: keeps tokens alive where instances alone are not to.
struct WorkerCommand: Command {
    let usage = "worker"
    let summary = "keep tokens alive beside the instance; set by the same environment as serve"

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let worker = try await start(context)
        // Ends when the task is cancelled, which is what SIGTERM and Ctrl-C do.
        await worker.run()
        context.console.document(["ok": true, "verdict": "stopped"])
        return ExitStatus.done
    }

    private func start(_ context: CommandContext) async throws -> Worker {
        do {
            let configuration = try InstanceConfiguration(
                context.environment, registry: context.registry)
            return try await Worker(
                configuration, registry: context.registry, sinks: context.sinks,
                client: context.client, log: Log())
        } catch let error as any ActionableError {
            throw ConnectError(.invalidConfiguration, error.description, hint: error.hint)
        }
    }
}
