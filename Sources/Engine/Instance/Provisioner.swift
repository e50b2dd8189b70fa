/// Credential, secret, plan, apply: one run at a time for each provider.
actor Provisioner {
    private let store: CredentialStore
    private let secrets: WebhookSecrets
    private let configuration: InstanceConfiguration
    private let client: any HTTPClient
    private var running: [ProviderID: Task<Void, Never>] = [:]

    init(
        store: CredentialStore, secrets: WebhookSecrets, configuration: InstanceConfiguration,
        client: any HTTPClient
    ) {
        self.store = store
        self.secrets = secrets
        self.configuration = configuration
        self.client = client
    }

    /// Throws an ``APIError`` for a refusal and a ``ProvisionError`` for the provider's failure.
    func provision(_ provider: any Provider, project: String?) async throws -> ProvisionReply {
        let previous = running[provider.id]
        let run = Task {
            await previous?.value
            return try await self.run(provider, project: project)
        }
        running[provider.id] = Task { _ = try? await run.value }
        return try await run.value
    }

    private func run(_ provider: any Provider, project: String?) async throws -> ProvisionReply {
        let access = try await access(to: provider)
        guard !configuration.publicURL.isLoopback else { throw Self.unreachable }
        if access.hasEnded { throw ProvisionError.unauthorized(provider: provider.id) }
        guard
            let webhookURL = configuration.publicURL.appending(
                rawPath: APIPath.webhook(provider.id))
        else { throw Self.unreachable }
        func context(_ secret: Secret?) -> ProvisionContext {
            ProvisionContext(
                api: AuthorizedClient(client, token: access.token, host: access.host),
                host: access.host, grant: access.grant, project: project ?? access.project,
                webhookURL: webhookURL, webhookSecret: secret)
        }
        let plan = try await provider.plan(context(try await knownSecret(provider)))
        // Minted and kept before the provider hears of it: a crash in between is healed by the
        // next run.
        let secret =
            provider.webhook == nil ? nil : try await secrets.secretMintingOne(provider.id)
        let report = try await provider.apply(plan, context(secret))
        try await secrets.merge(report.derived, into: provider.id)
        return ProvisionReply(
            action: report.action.rawValue, webhookURL: webhookURL, details: report.details)
    }

    private func knownSecret(_ provider: any Provider) async throws -> Secret? {
        guard provider.webhook != nil else { return nil }
        switch try await secrets.lookUp(provider.id) {
        case .found(let secret): return secret
        case .none: return nil
        case .unreadable(let failure): throw WebhookSecrets.unreadable(failure)
        }
    }

    private struct Access {
        let token: Secret
        let host: URL
        let grant: GrantSummary?
        let project: String?
        let hasEnded: Bool
    }

    /// The stored grant on its own host, else the pasted key on the environment's.
    private func access(to provider: any Provider) async throws -> Access {
        let settings = configuration.providers[provider.id] ?? ProviderConfiguration()
        let stored = try await store.load(provider.id, .oauth)
        if let grant = stored?.grant(fields: provider.grantFieldNames) {
            return Access(
                token: grant.accessToken, host: grant.host, grant: GrantSummary(grant),
                project: settings.project, hasEnded: grant.expiresAt.map { $0 <= Date() } ?? false)
        }
        guard let key = settings.personalKey else { throw Self.noCredential(provider.id) }
        guard let host = settings.host else { throw Self.notConfigured(provider.id) }
        return Access(
            token: key, host: host, grant: nil, project: settings.project, hasEnded: false)
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
