/// Whether a provider can be provisioned at all, and with which credential.
///
/// Everything here throws an ``APIError``, or what ``Provisioner`` answers for the provider.
struct ProvisionAccess: Sendable {
    let tokens: TokenManager
    let configuration: InstanceConfiguration

    struct Credential: Sendable {
        enum Source: Sendable {
            /// The grant that is stored, whichever it is by then.
            case grant(ProviderID, TokenManager)
            /// The keys that were stored.
            case keys(KeyCredential, KeyUse)
            /// The environment's key, a bearer token where nothing else is declared.
            case environment(Secret, KeyUse)
        }

        let source: Source
        let host: URL
        let grant: GrantSummary?
        let project: String?
    }

    /// What is known of a stored credential without calling anything.
    struct Standing: Sendable {
        let host: URL
        /// Nil of pasted keys.
        let scopes: [Scope]?
        /// Nil of pasted keys.
        let clientID: String?
    }

    /// What a run needs to begin.
    struct Way: Sendable {
        let credential: Credential
        let webhookURL: URL
        /// What earlier runs learnt.
        let derived: [String: Secret]
        /// Whether the environment says the webhook secret, or the user has pasted it.
        let isSecretFixed: Bool
    }

    /// What the environment says of it.
    func settings(of id: ProviderID) -> ProviderConfiguration {
        configuration.providers[id] ?? ProviderConfiguration()
    }

    /// The project that the environment names.
    func project(of id: ProviderID) -> String? { configuration.providers[id]?.project }

    /// Where its deliveries go, whether anybody can reach that or not.
    func webhookURL(of id: ProviderID) -> URL? {
        configuration.publicURL.appending(rawPath: APIPath.webhook(id))
    }

    /// What is stored, on its own host, else the environment's key on the environment's.
    func credential(for provider: any Provider) async throws -> Credential {
        let settings = settings(of: provider.id)
        if let stored = try await stored(provider, settings) { return stored }
        guard let key = settings.personalKey else { throw Self.noCredential(provider.id) }
        guard let host = settings.host.map({ provider.grantHost(authorizedAt: $0, members: [:]) })
        else { throw Self.notConfigured(provider.id) }
        return Credential(
            source: .environment(key, provider.authentication.use), host: host, grant: nil,
            project: settings.project)
    }

    private func stored(
        _ provider: any Provider, _ settings: ProviderConfiguration
    ) async throws -> Credential? {
        guard provider.authentication.keyUse == nil else {
            return try await tokens.parts.store.keys(of: provider).map {
                Credential($0, of: provider, settings)
            }
        }
        return try await tokens.summary(of: provider.id).map {
            Credential(
                source: .grant(provider.id, tokens), host: $0.host, grant: $0,
                project: settings.project)
        }
    }

    /// The address that the stored credential is good for, and the scopes that it holds; no scopes
    /// where nobody knows them.
    func standing(of provider: any Provider) async throws -> Standing? {
        guard provider.authentication.keyUse == nil else {
            return try await tokens.parts.store.keys(of: provider).map {
                Standing(host: $0.host, scopes: nil, clientID: nil)
            }
        }
        return try await tokens.summary(of: provider.id).map {
            Standing(host: $0.host, scopes: $0.scopes, clientID: $0.clientID)
        }
    }

    /// Refuses in the order that clients rely on, before anything is called.
    func way(to provider: any Provider) async throws -> Way {
        try await way(to: provider, with: try await credential(for: provider))
    }

    func way(to provider: any Provider, with credential: Credential) async throws -> Way {
        guard !configuration.publicURL.isLoopback, let webhookURL = webhookURL(of: provider.id)
        else { throw Self.unreachable }
        try await renew(credential, of: provider)
        return Way(
            credential: credential, webhookURL: webhookURL,
            derived: try await tokens.parts.store.load(provider.id, .derived)?.learnt ?? [:],
            isSecretFixed: settings(of: provider.id).webhookSecret != nil
                || provider.authentication.deliveryField != nil)
    }

    /// Sees to it that a stored grant has a token that lives.
    private func renew(
        _ credential: Credential, of provider: any Provider
    ) async throws {
        guard case .grant = credential.source else { return }
        do throws(TokenError) {
            _ = try await tokens.grant(for: provider.id)
        } catch {
            switch error {
            case .notConnected, .unreadable: throw Self.noCredential(provider.id)
            case .needsReconnect: throw ProvisionError.unauthorized(provider: provider.id)
            case .database(let error): throw error
            case .unavailable(_, let reason, _):
                throw ProvisionError.unexpectedAnswer(
                    step: "refreshing the token", status: nil, detail: reason)
            }
        }
    }

    // MARK: Refusals

    private static func noCredential(_ id: ProviderID) -> APIError {
        APIError(
            409, "no_\(id)_credential", detail: "no usable credential is stored for this provider",
            remediation: "run `hogsend connect \(id)` first")
    }

    private static func notConfigured(_ id: ProviderID) -> APIError {
        APIError(
            409, "\(id)_not_configured",
            detail: "nothing says which host of this provider is meant",
            remediation: "run `hogsend connect \(id)` with a host, or set the host on the instance")
    }

    private static let unreachable = APIError(
        409, "api_public_url_unreachable",
        detail: "API_PUBLIC_URL is a loopback address, to which no provider can deliver",
        remediation: "run this against a deployed instance, with --provision-only and its --url")
}

extension ProvisionAccess.Credential {
    /// What a user pasted.
    init(_ keys: KeyCredential, of provider: any Provider, _ settings: ProviderConfiguration) {
        self.init(
            source: .keys(keys, provider.authentication.use), host: keys.host, grant: keys.summary,
            project: settings.project)
    }

    /// Sends requests to the credential's own host with it.
    func client(over client: any HTTPClient) -> any HTTPClient {
        switch source {
        case .grant(let id, let tokens): AuthorizedClient(client, grantOf: id, tokens, host: host)
        case .keys(let keys, let use): keys.client(over: client, use)
        case .environment(let key, let use): KeyedClient(client, use, key: key, host: host)
        }
    }

    /// A text without the keys, should the service have repeated one; a grant's tokens are hidden
    /// where they are sent.
    func hiding(_ text: String) -> String {
        switch source {
        case .grant: text
        case .keys(let keys, _): keys.hiding(text)
        case .environment(let key, _):
            key.isEmpty ? text : text.replacing(key.reveal(), with: "\(key)")
        }
    }

    /// What `body` answers; the provider's failure repeats no key.
    func telling<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ProvisionError {
            throw error.cleaned(hiding)
        }
    }
}

extension ProvisionAccess.Credential.Source {
    /// Whose permission a call rides on.
    var kind: ServiceAccess.Credential {
        switch self {
        case .grant: .oauth
        case .keys: .apiKey
        case .environment: .personalKey
        }
    }
}
