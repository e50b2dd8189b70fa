import Engine

/// `hogsend disconnect <provider>`.
struct DisconnectCommand: Command {
    let usage = "disconnect <provider>"
    let summary = "stop its deliveries, revoke the token, delete what is stored"
    let arity = 1...1
    let flags = [
        Flag("--yes", "do not ask; needed where nobody can be asked"),
        Flag("--plan", "show what would be done, and do nothing"),
        Flag("--keep-destination", "leave what delivers at the service as it is"),
        Flag("--everywhere", "revoke the refresh token as well, whatever else that logs out"),
    ]

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let provider = try context.provider(arguments.positionals[0])
        let isPlan = arguments.has("--plan")
        guard arguments.has("--yes") || isPlan || context.console.canPrompt else {
            throw UsageError("'disconnect' asks first, and nobody can be asked here; add '--yes'")
        }
        let disconnection = Disconnection(
            provider: provider,
            instance: try await InstanceAccess(arguments: arguments, context: context).client())
        let transcript = DisconnectTranscript(console: context.console, provider: provider)
        var request = request(arguments)
        if isPlan || !arguments.has("--yes") {
            request.isPlan = true
            let plan = try await disconnection.send(request)
            transcript.show(plan)
            if isPlan || plan.reply.isNothing { return end(plan, context.console) }
            try await context.console.confirm(
                "Disconnect \(provider.name)?", hint: "run the command again to disconnect")
            request.isPlan = false
        }
        let outcome = try await disconnection.send(request)
        transcript.show(outcome)
        return end(outcome, context.console)
    }

    private func request(_ arguments: Arguments) -> DisconnectRequest {
        var request = DisconnectRequest()
        request.keepsDestination = arguments.has("--keep-destination")
        request.isEverywhere = arguments.has("--everywhere")
        return request
    }

    private func end(_ outcome: DisconnectOutcome, _ console: Console) -> Int32 {
        console.document(outcome.json)
        switch outcome.verdict {
        case .planPending: return ExitStatus.somethingToDo
        case .disconnectIncomplete: return ExitStatus.refused
        default: return ExitStatus.done
        }
    }
}
