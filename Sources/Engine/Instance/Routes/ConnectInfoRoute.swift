/// What a client must know before it connects; says whether secrets are there, never what they are.
struct ConnectInfoRoute: InstanceRoute {
    let store: CredentialStore
    let registry: ProviderRegistry
    let secrets: WebhookSecrets
    let configuration: InstanceConfiguration

    func register(in routes: inout InstanceRoutes) {
        for provider in registry.providers {
            for path in provider.allRoutes.map(\.connectInfo) {
                routes.admin("GET", path) { _ in .json(try await info(provider).json) }
            }
        }
    }

    private func info(_ provider: any Provider) async throws -> ConnectInfo {
        let settings = configuration.providers[provider.id] ?? ProviderConfiguration()
        let grant = try await store.load(provider.id, .oauth)?.grant(fields: [])
        return ConnectInfo(
            providerID: provider.id, privateHost: settings.host, grantHost: grant?.host,
            apiPublicURL: configuration.publicURL,
            webhookSecretConfigured: try await secrets.isConfigured(provider.id),
            scopeGap: grant.map { provider.scopeGap(of: $0.scopes) } ?? [],
            details: settings.connectInfo)
    }
}

extension Provider {
    /// The standard paths, and the older ones where the provider has some.
    var allRoutes: [ProviderRoutes] { [.standard(id)] + (routes.map { [$0] } ?? []) }
}
