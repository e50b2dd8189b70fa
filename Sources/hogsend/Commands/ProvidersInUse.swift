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

    /// Asks the instance; one that an older instance does not know is not in use there.
    init(
        of providers: [any Provider], on instance: InstanceClient, stored: [CredentialSummary]
    ) async throws {
        var known: [Known] = []
        for provider in providers {
            let credential = stored.first { $0.providerID == provider.id.rawValue }
            let isMeant = credential != nil || providers.count == 1
            let info =
                isMeant
                ? try await instance.connectInfo(provider)
                : try await instance.connectInfo(ifKnown: provider)
            if let info {
                known.append(Known(provider: provider, info: info, credential: credential))
            }
        }
        let used = known.filter(\.isUsed)
        let examined = used.isEmpty ? known : used
        self.examined = examined
        others = providers.filter { provider in
            !examined.contains { $0.provider.id == provider.id }
        }
    }
}
