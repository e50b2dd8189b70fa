import Engine

/// Which of the providers an instance has anything to do with.
struct ProvidersInUse {
    struct Known {
        let provider: any Provider
        let info: ConnectInfo
        let credential: CredentialSummary?

        /// Whether anything is stored of it, or the environment speaks of it.
        var isUsed: Bool {
            credential != nil || info.privateHost != nil || info.webhookSecretConfigured
                || info.details["personalKeyConfigured"] == true
        }
    }

    /// Those to look at: the ones in use, or all where none is.
    let examined: [Known]
    let others: [any Provider]
    /// Those of which a credential is stored that the instance has no use for.
    let unknown: [any Provider]

    /// Asks the instance; one that it does not know is not in use there.
    init(
        of providers: [any Provider], on instance: InstanceClient, stored: [CredentialSummary]
    ) async throws {
        var (known, unknown): ([Known], [any Provider]) = ([], [])
        for provider in providers {
            let credential = stored.first { $0.providerID == provider.id.rawValue }
            if let info = try await instance.connectInfo(ifKnown: provider) {
                known.append(Known(provider: provider, info: info, credential: credential))
            } else if credential != nil {
                unknown.append(provider)
            }
        }
        let used = known.filter(\.isUsed)
        let examined = used.isEmpty ? known : used
        self.examined = examined
        self.unknown = unknown
        let named = examined.map(\.provider.id) + unknown.map(\.id)
        others = providers.filter { !named.contains($0.id) }
    }
}
