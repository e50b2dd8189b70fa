import Engine

/// `hogsend providers list`.
struct ProvidersListCommand: Command {
    let usage = "providers list"
    let summary = "list the providers that this program knows"

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        context.console.document([
            "ok": true, "providers": .array(context.registry.providers.map(Self.document)),
        ])
        guard !context.console.isJSON else { return ExitStatus.done }
        for provider in context.registry.providers {
            let hosts = provider.hosts.map(\.address).joined(separator: " ")
            context.console.line("\(provider.id)  \(provider.name)  \(hosts)")
        }
        return ExitStatus.done
    }

    private static func document(_ provider: any Provider) -> JSONValue {
        [
            "id": .string(provider.id.rawValue), "name": .string(provider.name),
            "hosts": .array(provider.hosts.map { .string($0.address) }),
            "scopes": .array(provider.scopes.map { .string($0.rawValue) }),
        ]
    }
}
