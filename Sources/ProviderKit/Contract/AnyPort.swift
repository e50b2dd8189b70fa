public import Engine

/// A provider as it is, but on any free port: what is registered at a service need not be free
/// where checks run.
///
/// Everything else is the provider's own, unless a check sets it.
public struct AnyPort: Provider {
    /// The provider.
    public let base: any Provider
    /// None, so that any free port will do.
    public var redirectPorts: [UInt16] { [] }
    /// The provider's own source of deliveries, or another proof for the same.
    public var webhook: WebhookSource?
    /// What the environment would say, where a check says it.
    var settings: ProviderConfiguration?

    /// Wraps a provider.
    public init(_ base: any Provider) {
        self.base = base
        webhook = base.webhook
    }

    /// The provider's own.
    public var id: ProviderID { base.id }
    /// The provider's own.
    public var name: String { base.name }
    /// The provider's own.
    public var hosts: [ProviderHost] { base.hosts }
    /// The provider's own.
    public var authentication: Authentication { base.authentication }
    /// The provider's own.
    public var discovery: Discovery { base.discovery }
    /// The provider's own.
    public var scopes: [Scope] { base.scopes }
    /// The provider's own.
    public var callbackPath: String { base.callbackPath }
    /// The provider's own.
    public var redirectHost: RedirectHost { base.redirectHost }
    /// The provider's own.
    public var authorizationParameters: [String: String] { base.authorizationParameters }
    /// The provider's own.
    public var endpointHosts: [String] { base.endpointHosts }
    /// The provider's own.
    public var grantFields: [GrantField] { base.grantFields }
    /// The provider's own.
    public var requiresRefreshToken: Bool { base.requiresRefreshToken }
    /// The provider's own.
    public var refreshTokenIdleLimit: Duration? { base.refreshTokenIdleLimit }
    /// The provider's own.
    public var revocation: Revocation { base.revocation }
    /// The provider's own.
    public var unsupportedHint: String? { base.unsupportedHint }
    /// The provider's own.
    public var routes: ProviderRoutes? { base.routes }
    /// The provider's own.
    public var webhookCollection: WebhookCollection? { base.webhookCollection }
    /// The provider's own.
    public var features: [Feature] { base.features }
    /// The provider's own.
    public var commands: [ProviderCommand] { base.commands }
    /// The provider's own.
    public var variables: [ProviderVariable] { base.variables }
}

extension AnyPort {
    /// The provider's own answer.
    public func grant(_ granted: Set<Scope>, covers scope: Scope) -> Bool {
        base.grant(granted, covers: scope)
    }
    /// The provider's own answer, unless a check gives one.
    ///
    /// - Throws: ``ConfigurationError``, as the provider does.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    {
        if let settings { return settings }
        return try base.configuration(in: environment)
    }
    /// The provider's own answer.
    public func resolve(_ host: URL) -> ResolvedHost { base.resolve(host) }
    /// The provider's own answer.
    public func grantHost(authorizedAt host: URL, members: [String: JSONValue]) -> URL {
        base.grantHost(authorizedAt: host, members: members)
    }
    /// The provider's own answer.
    public func notes(on grant: GrantSummary) -> [String] { base.notes(on: grant) }
    /// The provider's own answer.
    ///
    /// - Throws: ``ProvisionError``, as the provider does.
    public func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport {
        try await base.check(keys)
    }
    /// The provider's own routes.
    public func adminRoutes(_ access: ProviderAccess) -> [AdminRoute] { base.adminRoutes(access) }
    /// The provider's own plan.
    ///
    /// - Throws: ``ProvisionError``, as the provider does.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        try await base.plan(context)
    }
    /// The provider's own write.
    ///
    /// - Throws: ``ProvisionError``, as the provider does.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { try await base.apply(plan, context) }
    /// The provider's own trial.
    ///
    /// - Throws: ``ProvisionError``, as the provider does.
    public func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending? {
        try await base.trial(context)
    }
    /// The provider's own undoing.
    ///
    /// - Throws: ``ProvisionError``, as the provider does.
    public func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    { try await base.undo(values, rehearsing: rehearsing, context) }
    /// The provider's own removal.
    ///
    /// - Throws: ``ProvisionError``, as the provider does.
    public func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    { try await base.remove(removal, context) }
}
