import Engine

/// Every verb that this program has, with the words that name it.
struct CommandTable: Sendable {
    typealias Verb = (words: [String], command: any Command)

    let registry: ProviderRegistry

    /// The verbs; those whose flags differ from provider to provider as they are for this one.
    func verbs(for provider: (any Provider)?) -> [Verb] { Self.verbs(provider) + providerVerbs }

    private static func verbs(_ provider: (any Provider)?) -> [Verb] {
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
            (["providers", "docs"], ProvidersDocsCommand()),
            (["providers", "cimd"], ProvidersClientCommand()),
            (["providers", "check"], ProvidersCheckCommand()),
            (["events", "list"], EventsListCommand()),
            (["events", "tail"], EventsTailCommand()),
            (["events", "delete"], EventsDeleteCommand()),
            (["doctor"], DoctorCommand()),
            (["serve"], ServeCommand()),
            (["worker"], WorkerCommand()),
            (["completions"], CompletionsCommand()),
        ]
    }

    /// Refuses a provider that is called as a command, whose verbs would be hidden.
    func check() throws(ConfigurationError) {
        let words = Set(Self.verbs(nil).compactMap(\.words.first))
        for id in registry.ids where words.contains(id) {
            throw ConfigurationError(
                "the provider id '\(id)' is a command", hint: "rename the provider")
        }
    }

    private var providerVerbs: [Verb] {
        registry.providers.flatMap { provider in
            provider.commands.map { verb in
                let command = ProviderVerb(provider: provider, verb: verb)
                return (command.words, command)
            }
        }
    }
}
