import Engine

/// `hogsend providers cimd <provider>`: the document that describes the client.
struct ProvidersClientCommand: Command {
    let usage = "providers cimd <provider>"
    let summary = "print the document that describes a provider's client"
    let arity = 1...1
    let flags = [Flag("--client-id", value: "URL", "the address at which it will stand")]

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let provider = try context.provider(arguments.positionals[0])
        let given = try arguments["--client-id"].map(ConnectFlags.clientID)
        guard
            let document = given.map({ ClientMetadata(of: provider, at: $0) })
                ?? ClientMetadata(of: provider)
        else {
            throw ConnectError(
                .noClientDocument, "\(provider.name)'s client is not known by a document",
                hint: "see how it is known with `hogsend providers docs \(provider.id)`")
        }
        context.console.document(["ok": true, "document": document.json])
        if !context.console.isJSON { context.console.line(document.json.indented) }
        return ExitStatus.done
    }
}
