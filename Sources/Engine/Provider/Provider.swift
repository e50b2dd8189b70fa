/// A third-party service that hogsend can connect to: mostly data, with two functions that set up
/// the service's side.
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
    /// The registered ports of the redirect URI on 127.0.0.1, tried in order; empty for any port.
    var redirectPorts: [UInt16] { get }
    /// The path of the redirect URI; `/callback/<id>` unless told otherwise, so that an answer of
    /// one provider cannot pass for another's.
    var callbackPath: String { get }
    /// Further parameters of the authorization request; none replaces one of the protocol's.
    var authorizationParameters: [String: String] { get }
    /// Hosts beyond the issuer's own on which OAuth endpoints may stand, in lower case.
    var endpointHosts: [String] { get }
    /// The members of a token answer to keep beyond those of RFC 6749.
    var grantFields: [GrantField] { get }
    /// Whether a grant without a refresh token is refused; true unless told otherwise.
    var requiresRefreshToken: Bool { get }
    /// What a user can do when the service has no OAuth server, starting with a verb.
    var unsupportedHint: String? { get }
    /// Paths of the instance that predate this engine; nil for the standard ones alone.
    var routes: ProviderRoutes? { get }
    /// How deliveries are told from forgeries and read; nil when the service sends none.
    var webhook: WebhookSource? { get }

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
    /// answer's members; the same unless told otherwise.
    func grantHost(authorizedAt host: URL, members: [String: JSONValue]) -> URL
    /// What the user should know about a grant, one sentence each; nothing unless told otherwise.
    func notes(on grant: GrantSummary) -> [String]

    /// Reads the service's side and says what has to change; writes nothing.
    ///
    /// - Throws: ``ProvisionError``, worded for the operator.
    func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan
    /// Makes the changes of a plan; running both again ends in `unchanged`.
    ///
    /// - Throws: ``ProvisionError``, worded for the operator.
    func apply(_ plan: ProvisionPlan, _ context: ProvisionContext) async throws(ProvisionError)
        -> ProvisionReport
}

extension Provider {
    /// RFC 8414, and a page in place of the document is a failure.
    public var discovery: Discovery { .wellKnown() }
    /// None.
    public var scopes: [Scope] { [] }
    /// Any free port.
    public var redirectPorts: [UInt16] { [] }
    /// `/callback/<id>`.
    public var callbackPath: String { "/callback/\(id)" }
    /// None.
    public var authorizationParameters: [String: String] { [:] }
    /// None beyond the issuer's own.
    public var endpointHosts: [String] { [] }
    /// None.
    public var grantFields: [GrantField] { [] }
    /// True: a grant that cannot be renewed goes stale.
    public var requiresRefreshToken: Bool { true }
    /// None.
    public var unsupportedHint: String? { nil }
    /// The standard ones alone.
    public var routes: ProviderRoutes? { nil }
    /// None.
    public var webhook: WebhookSource? { nil }

    /// Equality.
    public func grant(_ granted: Set<Scope>, covers scope: Scope) -> Bool {
        granted.contains(scope)
    }
    /// Nothing.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    { ProviderConfiguration() }
    /// The address as it was given.
    public func resolve(_ host: URL) -> ResolvedHost { ResolvedHost(host) }
    /// The address it was authorized against.
    public func grantHost(authorizedAt host: URL, members: [String: JSONValue]) -> URL { host }
    /// Nothing.
    public func notes(on grant: GrantSummary) -> [String] { [] }
    /// Nothing to do.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        .nothingToDo
    }
    /// Nothing done.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { ProvisionReport(action: plan.action) }

    /// The expected scopes that a grant does not satisfy, in the provider's order.
    public func scopeGap(of granted: [Scope]) -> [Scope] {
        let granted = Set(granted)
        return scopes.filter { !grant(granted, covers: $0) }
    }

    /// The paths that clients call: the older ones where the provider has some.
    package var clientRoutes: ProviderRoutes { routes ?? .standard(id) }
}
