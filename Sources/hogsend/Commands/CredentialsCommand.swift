import Engine

/// `hogsend credentials list`.
struct CredentialsListCommand: Command {
    let usage = "credentials list"
    let summary = "list what the instance has stored, without any token"

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let stored = try await instance.credentials()
        let connected = stored.map(\.providerID)
        let all =
            stored.map { $0.json() }
            + context.registry.ids.filter { !connected.contains($0) }.map(Self.notConnected)
        context.console.document(["ok": true, "credentials": .array(all)])
        guard !context.console.isJSON else { return ExitStatus.done }
        let table = TextTable(
            CredentialView.columns.map(\.title), all.map { CredentialView($0).row })
        context.console.line(table.description)
        return ExitStatus.done
    }

    /// A provider that this program knows and the instance holds nothing of.
    private static func notConnected(_ id: String) -> JSONValue {
        ["providerId": .string(id), "status": "not_connected"]
    }
}

/// `hogsend credentials show <provider>`.
struct CredentialsShowCommand: Command {
    let usage = "credentials show <provider>"
    let summary = "show what is known of one stored credential, without any token"
    let arity = 1...1

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let summary = try await instance.credential(arguments.positionals[0])
        context.console.document(["ok": true, "credential": summary.json()])
        guard !context.console.isJSON else { return ExitStatus.done }
        for line in CredentialView(summary).lines { context.console.line(line) }
        return ExitStatus.done
    }
}

/// `hogsend credentials refresh <provider>`.
struct CredentialsRefreshCommand: Command {
    let usage = "credentials refresh <provider>"
    let summary = "have the instance renew a stored credential's token now"
    let arity = 1...1

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let summary = try await instance.refreshCredential(arguments.positionals[0])
        context.console.document([
            "ok": true, "verdict": "refreshed", "credential": summary.json(),
        ])
        guard !context.console.isJSON else { return ExitStatus.done }
        for line in CredentialView(summary).lines { context.console.line(line) }
        return ExitStatus.done
    }
}

/// `hogsend credentials delete <provider>`.
struct CredentialsDeleteCommand: Command {
    let usage = "credentials delete <provider>"
    let summary = "remove everything that the instance has stored for a provider"
    let arity = 1...1

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let provider = arguments.positionals[0]
        try await instance.deleteCredential(provider)
        context.console.document([
            "ok": true, "deleted": true, "providerId": .string(provider),
        ])
        if !context.console.isJSON {
            let isPasted = (try? context.registry.provider(provider))?.authentication.keyUse != nil
            context.console.line(
                "deleted; the \(isPasted ? "key" : "grant") itself lives on at the provider until it is revoked there"
            )
        }
        return ExitStatus.done
    }
}
