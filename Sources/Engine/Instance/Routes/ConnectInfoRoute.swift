/// What a client must know before it connects; says whether secrets are there, never what they are.
struct ConnectInfoRoute: InstanceRoute {
    let tokens: TokenManager
    let registry: ProviderRegistry
    let secrets: WebhookSecrets
    let gaps: ObservedGaps
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
        let secret = try await secrets.lookUp(provider.id)
        let standing = try await ProvisionAccess(tokens: tokens, configuration: configuration)
            .standing(of: provider)
        let scopes = standing?.scopes
        var details = settings.connectInfo.merging(secret.details(provider, at: secrets.now())) {
            $1
        }
        if try await isOverruled(provider, by: settings) {
            details["pastedSecretOverruled"] = true
            details["webhookSecretVariable"] = settings.webhookSecretVariable.map { .string($0) }
        }
        if settings.personalKey != nil { details["personalKeyConfigured"] = true }
        details["clientId"] = provider.foreign(standing?.clientID).map { .string($0) }
        return ConnectInfo(
            providerID: provider.id, privateHost: settings.host, grantHost: standing?.host,
            apiPublicURL: configuration.publicURL,
            webhookSecretConfigured: secret.isThere,
            scopeGap: scopes.map { gaps.gap(of: $0, provider) } ?? [],
            missingFeatures: gaps.missingFeatures(scopes, provider),
            details: details)
    }

    /// Whether the environment gives another value than the pasted one that would verify deliveries.
    private func isOverruled(
        _ provider: any Provider, by settings: ProviderConfiguration
    ) async throws -> Bool {
        guard let field = provider.authentication.deliveryField,
            let secret = settings.webhookSecret?.reveal(),
            let pasted = try await tokens.parts.store.keys(of: provider)?.deliverySecret?.reveal()
        else { return false }
        return field.rule.alphabet == .hex
            ? pasted.lowercased() != secret.lowercased() : pasted != secret
    }
}

extension WebhookSecrets.Lookup {
    fileprivate var isThere: Bool {
        if case .none = self { false } else { true }
    }

    /// Said only when it is so: the earlier implementation knows no such members.
    fileprivate func details(_ provider: any Provider, at now: Date) -> [String: JSONValue] {
        switch self {
        case .none: return [:]
        case .unreadable: return ["webhookSecretReadable": false]
        case .found(let keys):
            var details: [String: JSONValue] = [:]
            if keys.isRotating { details["webhookRotation"] = "unfinished" }
            details["previousSecretUntil"] = keys.earlierUntil(at: now).map { .string($0.iso8601) }
            if provider.webhook?.signature != nil {
                details["protectedBy"] = .string(keys.protection(at: now))
            }
            details["unsignedSince"] = keys.signing?.refusedAt.map { .string($0.iso8601) }
            return details
        }
    }
}

extension Provider {
    /// The client of a grant, where it is another one than the provider's.
    fileprivate func foreign(_ clientID: String?) -> String? {
        isKnownByDocument && clientID != authentication.clientID ? clientID : nil
    }

    /// The standard paths, and the older ones where the provider has some.
    var allRoutes: [ProviderRoutes] { [.standard(id)] + (routes.map { [$0] } ?? []) }
}
