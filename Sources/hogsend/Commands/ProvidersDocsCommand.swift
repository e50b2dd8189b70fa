import Engine

/// `hogsend providers docs <provider>`: what its declaration says, as a page.
struct ProvidersDocsCommand: Command {
    let usage = "providers docs <provider>"
    let summary = "print a provider's reference page, as Markdown"
    let arity = 1...1

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let provider = try context.provider(arguments.positionals[0])
        let page = ProviderReference(provider: provider, client: context.client).markdown
        context.console.document(["ok": true, "markdown": .string(page)])
        if !context.console.isJSON { context.console.line(page) }
        return ExitStatus.done
    }
}
