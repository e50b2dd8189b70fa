import Engine

/// Words to command: which verb is meant, with which flags.
struct CommandLineReader {
    let registry: ProviderRegistry

    /// What a line asks for.
    enum Line: Sendable {
        /// A text of our own, by the name that it has in a document.
        case show(String, as: String)
        case run(any Command, Arguments, ProviderRegistry)

        func run(console: Console, sinks: [any EventSink] = []) async throws -> Int32 {
            switch self {
            case .show(let text, let name):
                console.document(["ok": true, name: .string(text)])
                if !console.isJSON { console.line(text) }
                return ExitStatus.done
            case .run(let command, let arguments, let registry):
                let variables = ProcessInfo.processInfo.environment
                let context = CommandContext(
                    registry: registry,
                    environment: Environment(variables, file: try DotEnv.ofWorkingDirectory()),
                    variables: variables, console: console, sinks: sinks)
                return try await command.run(arguments, context)
            }
        }
    }

    private var table: CommandTable { CommandTable(registry: registry) }

    /// Flags may stand before, between and behind the words, so they are told apart first.
    func read(_ words: [String]) throws(UsageError) -> Line {
        let provider = words.compactMap { try? registry.provider($0) }.first
        let verbs = table.verbs(for: provider)
        let all = verbs.flatMap(\.command.flags) + Flag.globals
        let loose = try Arguments(words, flags: all)
        if loose.has("--version") { return .show("hogsend \(Hogsend.version)", as: "version") }
        let found = verbs.first { loose.positionals.starts(with: $0.words) }
        if loose.has("--help") || words.isEmpty {
            return .show(
                found.map { HelpText.help(for: $0.command) }
                    ?? HelpText(verbs: table.verbs(for: nil)).overview(of: loose.positionals.first),
                as: "help")
        }
        guard let found else {
            let given = loose.positionals.prefix(2).joined(separator: " ").sanitized(limit: 60)
            throw UsageError(
                given.isEmpty ? "no command is given" : "there is no command '\(given)'")
        }
        return try line(found.command, verbWords: found.words.count, words)
    }

    private func line(
        _ command: any Command, verbWords: Int, _ words: [String]
    ) throws(UsageError) -> Line {
        let arguments = try Arguments(
            words, flags: command.flags + Flag.globals, verbWords: verbWords)
        guard command.arity.contains(arguments.positionals.count) else {
            throw UsageError("the command is `hogsend \(command.usage)`")
        }
        return .run(command, arguments, registry)
    }
}
