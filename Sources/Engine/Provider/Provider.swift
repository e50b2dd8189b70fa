/// A third-party service that hogsend can connect to: mostly data, with five functions that set up
/// the service's side, try it, undo it and take it away.
public protocol Provider: Sendable {
    /// The short name in commands and paths, such as `acme`.
    var id: ProviderID { get }
    /// The name that people know, such as `Acme`.
    var name: String { get }
    /// The places offered when nothing says which one is meant.
    var hosts: [ProviderHost] { get }
    /// How the user proves who he is.
    var authentication: Authentication { get }

    /// How the authorization server is found; by RFC 8414 unless told otherwise.
    var discovery: Discovery { get }
    /// The scopes to ask for, in this order; none unless told otherwise.
    var scopes: [Scope] { get }
    /// The registered ports of the redirect URI on 127.0.0.1, tried in order; empty for any port, on
    /// [::1] where there is no 127.0.0.1.
    var redirectPorts: [UInt16] { get }
    /// The path of the redirect URI; `/callback/<id>` unless told otherwise, so that an answer of
    /// one provider cannot pass for another's.
    var callbackPath: String { get }
    /// What the redirect URI calls this machine; its address unless told otherwise.
    var redirectHost: RedirectHost { get }
    /// Further parameters of the authorization request; none replaces one of the protocol's.
    var authorizationParameters: [String: String] { get }
    /// Hosts beyond the issuer's own on which OAuth endpoints may stand, in lower case.
    var endpointHosts: [String] { get }
    /// The members of a token answer to keep beyond those of RFC 6749.
    var grantFields: [GrantField] { get }
    /// Whether a grant without a refresh token is refused; true unless told otherwise.
    var requiresRefreshToken: Bool { get }
    /// After how long without use the service forgets a refresh token; nil when it does not say.
    var refreshTokenIdleLimit: Duration? { get }
    /// What ends at the service with a token that is revoked; the grant unless told otherwise.
    var revocation: Revocation { get }
    /// What a user can do when the service has no OAuth server, starting with a verb.
    var unsupportedHint: String? { get }
    /// Paths of the instance that predate this engine; nil for the standard ones alone.
    var routes: ProviderRoutes? { get }
    /// How deliveries are told from forgeries and read; nil when the service sends none.
    var webhook: WebhookSource? { get }
    /// The collection in which the service keeps webhooks, by which ``plan(_:)``, ``apply(_:_:)``,
    /// ``undo(_:rehearsing:_:)`` and ``remove(_:_:)`` work unless they are written by hand; nil where
    /// there is none.
    var webhookCollection: WebhookCollection? { get }
    /// What the user gains, each with the scopes that it needs; nothing unless told otherwise.
    var features: [Feature] { get }
    /// Verbs of the command line, `hogsend <id> …`; none unless told otherwise.
    var commands: [ProviderCommand] { get }
    /// The variables that ``configuration(in:)`` reads; none unless told otherwise.
    var variables: [ProviderVariable] { get }

    /// Whether a grant satisfies a scope; equality unless told otherwise.
    func grant(_ granted: Set<Scope>, covers scope: Scope) -> Bool
    /// What the instance's environment says about this provider; nothing unless told otherwise.
    ///
    /// - Throws: ``ConfigurationError`` for a variable that cannot be used.
    func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    /// The address to authorize against for one that the user gave; the same unless told otherwise.
    func resolve(_ host: URL) -> ResolvedHost
    /// The address that a grant is good for, given the one it was authorized against and the token
    /// answer's members; the API of that place (``ProviderHost/api``) unless told otherwise.
    ///
    /// It is also called without members, to see which place an API is of.
    func grantHost(authorizedAt host: URL, members: [String: JSONValue]) -> URL
    /// What the user should know about a grant, one sentence each; nothing unless told otherwise.
    func notes(on grant: GrantSummary) -> [String]
    /// Calls the service once with pasted keys, before anything is stored; not called with OAuth.
    ///
    /// - Throws: ``ProvisionError``; `unauthorized`, `missingScope` and `keysRefused` mean that the keys
    ///   are refused.
    func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport
    /// Further routes of an instance; none unless told otherwise.
    ///
    /// It is called once for each instance, so that what the handlers capture lives as long as that
    /// one: a cache stands here and not in the provider.
    func adminRoutes(_ access: ProviderAccess) -> [AdminRoute]

    /// Reads the service's side and says what has to change; writes nothing.
    ///
    /// - Throws: ``ProvisionError``, worded for the operator.
    func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan
    /// Makes the changes of a plan; running both again ends in `unchanged`.
    ///
    /// - Throws: ``ProvisionError``, worded for the operator.
    func apply(_ plan: ProvisionPlan, _ context: ProvisionContext) async throws(ProvisionError)
        -> ProvisionReport
    /// Finds what delivers to ``ProvisionContext/webhookURL`` and answers how to send one event
    /// through it as a user's event would go; nil where the service cannot be asked to.
    ///
    /// Neither this nor the sending writes anything that stays. How long an event takes is measured
    /// from the sending on, so that whatever has to be looked up is looked up here.
    ///
    /// - Throws: ``ProvisionError``, worded for the operator.
    func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending?
    /// Puts back what ``ProvisionContext/keep`` was given, oldest first; what somebody has changed
    /// since stays, and is reported.
    ///
    /// What was made is disabled, not deleted. Running it again after a crash puts back the rest.
    /// While `rehearsing` nothing is written, and the report says what would be.
    ///
    /// - Throws: ``ProvisionError``, worded for the operator.
    func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    /// Takes away whatever delivers to this instance, before the grant is given up.
    ///
    /// What provisioning made is deleted and what it adopted is disabled; what delivers elsewhere
    /// stays. Running it again after a crash does the rest, and one that finds nothing is no error.
    ///
    /// - Throws: ``ProvisionError``, worded for the operator.
    func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
}

extension Provider {
    /// The metadata document of RFC 8414; a page in its place is a failure.
    public var discovery: Discovery { .wellKnown() }
    /// A provider asks for no scope by default.
    public var scopes: [Scope] { [] }
    /// Any free port is taken by default.
    public var redirectPorts: [UInt16] { [] }
    /// The path is `/callback/<id>` by default, a path of this provider's own.
    public var callbackPath: String { "/callback/\(id)" }
    /// The redirect URI names the machine by its address by default.
    public var redirectHost: RedirectHost { .address }
    /// A provider adds no parameters by default.
    public var authorizationParameters: [String: String] { [:] }
    /// Endpoints stand on the issuer's own origin alone by default.
    public var endpointHosts: [String] { [] }
    /// A provider keeps no further members of a token answer by default.
    public var grantFields: [GrantField] { [] }
    /// A refresh token is required by default, since a grant that cannot be renewed goes stale.
    public var requiresRefreshToken: Bool { true }
    /// No idle limit is known by default.
    public var refreshTokenIdleLimit: Duration? { nil }
    /// A refresh token ends its own grant by default, and no page is known.
    public var revocation: Revocation { Revocation() }
    /// There is no way around OAuth by default.
    public var unsupportedHint: String? { nil }
    /// Only the standard paths are answered by default.
    public var routes: ProviderRoutes? { nil }
    /// A provider sends no deliveries by default.
    public var webhook: WebhookSource? { nil }
    /// There is no collection of webhooks by default.
    public var webhookCollection: WebhookCollection? { nil }
    /// A provider names no features by default, and gaps are shown as scopes alone.
    public var features: [Feature] { [] }
    /// A provider adds no verbs by default.
    public var commands: [ProviderCommand] { [] }

    /// A provider reads no variables by default.
    public var variables: [ProviderVariable] { [] }

    /// A grant covers by default exactly the scopes that it names.
    public func grant(_ granted: Set<Scope>, covers scope: Scope) -> Bool {
        granted.contains(scope)
    }
    /// The environment says nothing about a provider by default.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    { ProviderConfiguration() }
    /// The address is used as it was given by default.
    public func resolve(_ host: URL) -> ResolvedHost { ResolvedHost(host) }
    /// A grant is good by default for the API of the place it was authorized at, else for that address.
    public func grantHost(authorizedAt host: URL, members: [String: JSONValue]) -> URL {
        let place = hosts.first { $0.address == host.withoutTrailingSlash }
        return place?.api.flatMap { URL(address: $0) } ?? host
    }
    /// There is nothing to note about a grant by default.
    public func notes(on grant: GrantSummary) -> [String] { [] }
    /// Keys are taken as they are by default.
    public func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport { KeyReport() }
    /// A provider adds no routes by default.
    public func adminRoutes(_ access: ProviderAccess) -> [AdminRoute] { [] }
    /// The collection's webhook is compared by default; without one there is nothing to set up.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        try await keeping(context)?.plan() ?? .nothingToDo
    }
    /// The collection's webhook is made or mended by default; without one nothing is written.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { try await keeping(context)?.apply() ?? ProvisionReport(action: plan.action) }
    /// A service delivers no test events by default.
    public func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending? {
        nil
    }
    /// The collection's webhooks are put back by default; without one there is nothing to undo.
    public func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    { try await keeping(context)?.undo(values, rehearsing: rehearsing) ?? UndoReport() }
    /// The collection's webhooks here are ended by default; without one there are none.
    public func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    { try await keeping(context)?.remove(removal) ?? RemovalReport() }

    private func keeping(_ context: ProvisionContext) -> WebhookKeeping? {
        webhookCollection.map {
            WebhookKeeping(
                collection: $0, mintsSecret: webhook?.mintsSecret ?? true, provider: id, name: name,
                context: context)
        }
    }

    /// Where users log in for an API: the place whose grants are good for it, else the same address.
    package func loginHost(of api: URL) -> URL {
        let places = hosts.compactMap { URL(address: $0.address) }
        return places.first { grantHost(authorizedAt: $0, members: [:]).origin == api.origin }
            ?? api
    }

    /// The expected scopes that a grant does not satisfy, in the provider's order.
    public func scopeGap(of granted: [Scope]) -> [Scope] {
        let granted = Set(granted)
        return scopes.filter { !grant(granted, covers: $0) }
    }

    /// The paths that clients call: the older ones where the provider has some.
    package var clientRoutes: ProviderRoutes { routes ?? .standard(id) }
}
