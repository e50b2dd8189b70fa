import Engine

/// Every verb that this program has, with the words that name it.
struct CommandTable: Sendable {
    typealias Verb = (words: [String], command: any Command)

    let registry: ProviderRegistry

    /// The verbs; those whose flags differ from provider to provider as they are for this one.
    func verbs(for provider: (any Provider)?) -> [Verb] {
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
        ] + providerVerbs
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
