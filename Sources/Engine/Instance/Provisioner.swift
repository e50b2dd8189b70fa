/// Credential, secret, plan, apply: one run at a time for each provider.
actor Provisioner {
    private let tokens: TokenManager
    private let secrets: WebhookSecrets
    private let configuration: InstanceConfiguration
    private let client: any HTTPClient
    private var running: [ProviderID: Task<Void, Never>] = [:]

    init(
        tokens: TokenManager, secrets: WebhookSecrets, configuration: InstanceConfiguration,
        client: any HTTPClient
    ) {
        self.tokens = tokens
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
        try await renew(access, of: provider)
        guard
            let webhookURL = configuration.publicURL.appending(
                rawPath: APIPath.webhook(provider.id))
        else { throw Self.unreachable }
        func context(_ secret: Secret?) -> ProvisionContext {
            ProvisionContext(
                api: AuthorizedClient(client, access.source, host: access.host),
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
        let source: TokenSource
        let host: URL
        let grant: GrantSummary?
        let project: String?
    }

    /// The stored grant on its own host, else the pasted key on the environment's.
    private func access(to provider: any Provider) async throws -> Access {
        let settings = configuration.providers[provider.id] ?? ProviderConfiguration()
        if let grant = try await tokens.summary(of: provider.id) {
            return Access(
                source: .stored(provider.id, tokens), host: grant.host, grant: grant,
                project: settings.project)
        }
        guard let key = settings.personalKey else { throw Self.noCredential(provider.id) }
        guard let host = settings.host else { throw Self.notConfigured(provider.id) }
        return Access(source: .fixed(key), host: host, grant: nil, project: settings.project)
    }

    /// Sees to it that a stored grant has a token that lives.
    private func renew(_ access: Access, of provider: any Provider) async throws {
        guard case .stored = access.source else { return }
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
