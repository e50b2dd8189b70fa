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

    private func verbs(_ provider: (any Provider)?) -> [(words: [String], command: any Command)] {
        [
            (["connect"], ConnectCommand(provider: provider)),
            (["disconnect"], DisconnectCommand()),
            (["credentials", "list"], CredentialsListCommand()),
            (["credentials", "show"], CredentialsShowCommand()),
            (["credentials", "refresh"], CredentialsRefreshCommand()),
            (["credentials", "delete"], CredentialsDeleteCommand()),
            (["credentials", "keys"], CredentialsKeysCommand()),
            (["credentials", "rewrap"], CredentialsRewrapCommand()),
            (["providers", "list"], ProvidersListCommand()),
            (["events", "list"], EventsListCommand()),
            (["events", "tail"], EventsTailCommand()),
            (["events", "delete"], EventsDeleteCommand()),
            (["doctor"], DoctorCommand()),
            (["serve"], ServeCommand()),
            (["worker"], WorkerCommand()),
        ] + providerVerbs
    }

    private var providerVerbs: [(words: [String], command: any Command)] {
        registry.providers.flatMap { provider in
            provider.commands.map { verb in
                let command = ProviderVerb(provider: provider, verb: verb)
                return (command.words, command)
            }
        }
    }

    /// Flags may stand before, between and behind the words, so they are told apart first.
    func read(_ words: [String]) throws(UsageError) -> Line {
        let provider = words.compactMap { try? registry.provider($0) }.first
        let verbs = verbs(provider)
        let all = verbs.flatMap(\.command.flags) + Flag.globals
        let loose = try Arguments(words, flags: all)
        if loose.has("--version") { return .show("hogsend \(Hogsend.version)", as: "version") }
        let found = verbs.first { loose.positionals.starts(with: $0.words) }
        if loose.has("--help") || words.isEmpty {
            return .show(
                found.map { help(for: $0.command) } ?? overview(of: loose.positionals.first),
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

    // MARK: Help

    /// Of all commands, or of those that begin with `group` where there are any.
    private func overview(of group: String?) -> String {
        let all = verbs(nil)
        let grouped = all.filter { $0.words.first == group }
        let rows = (grouped.isEmpty ? all : grouped).map {
            ($0.command.usage, $0.command.summary)
        }
        return "usage: hogsend <command> [flags]\n\ncommands:\n" + table(rows)
            + "\n\nflags of every command:\n" + table(Flag.globals.map(\.row))
    }

    private func help(for command: any Command) -> String {
        var text = "usage: hogsend \(command.usage) [flags]\n\n\(command.summary)\n"
        if !command.flags.isEmpty { text += "\nflags:\n" + table(command.flags.map(\.row)) + "\n" }
        return text + "\nflags of every command:\n" + table(Flag.globals.map(\.row))
    }

    private func table(_ rows: [(String, String)]) -> String {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.map { name, text in
            "  " + name + String(repeating: " ", count: width - name.count) + text
        }.joined(separator: "\n")
    }
}

extension Flag {
    fileprivate var row: (String, String) {
        (
            ([alias, name].compactMap { $0 }.joined(separator: ", "))
                + (value.map { " \($0)" } ?? ""), help
        )
    }
}
