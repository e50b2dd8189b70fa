/// A provider's way to its service while an instance or a worker runs.
///
/// It is asked anew for each use, since grants come, go and are refreshed meanwhile. No member and
/// no answer holds a token.
public struct ProviderAccess: Sendable {
    /// Finds the credential in force: the stored one, else the environment's key.
    public typealias Finder = @Sendable () async throws(NoAccess) -> ServiceAccess

    /// What the environment says, without the pasted key and the webhook secrets.
    public let configuration: ProviderConfiguration
    /// Sends requests that are not signed, for an API that takes none of the credentials.
    public let client: any HTTPClient
    private let find: Finder
    private let keep: @Sendable (String) async -> Secret?
    private let note: @Sendable (Scope, Bool) -> Void

    /// Makes a way; `derived` reads what provisioning stored, `noting` hears of scopes.
    public init(
        configuration: ProviderConfiguration, client: any HTTPClient,
        derived: @escaping @Sendable (String) async -> Secret? = { _ in nil },
        noting note: @escaping @Sendable (Scope, Bool) -> Void = { _, _ in },
        service find: @escaping Finder
    ) {
        self.configuration = configuration.withoutCredentials
        self.client = client
        self.find = find
        keep = derived
        self.note = note
    }

    /// The service as it can be reached now.
    ///
    /// - Throws: ``NoAccess`` when there is nothing to reach it with.
    public func service() async throws(NoAccess) -> ServiceAccess { try await find() }

    /// What ``ProvisionReport/derived`` stored under that name; nil as well when it cannot be read.
    public func derived(_ name: String) async -> Secret? { await keep(name) }

    /// Tells that the service refused a call for want of a scope, or took one that needs it.
    ///
    /// A refusal is shown as a gap for ten minutes, though the grant names the scope.
    public func report(_ scope: Scope, isMissing: Bool) { note(scope, isMissing) }
}

/// A service and the credential in force, as a provider may use them.
public struct ServiceAccess: Sendable {
    /// Whose permission a call rides on.
    public enum Credential: String, Sendable {
        /// The stored grant.
        case oauth
        /// The stored keys that a user pasted.
        case apiKey = "api_key"
        /// The key that the operator pasted into the environment.
        case personalKey = "personal_key"
    }

    /// Sends requests to ``host`` signed, renews a refused token once, and refuses other hosts.
    public let api: any HTTPClient
    /// The service's private API, without a slash at the end: the stored credential's own, or with
    /// the environment's key the environment's.
    public let host: URL
    /// The stored grant or keys in use; nil when the environment's key is.
    public let grant: GrantSummary?
    /// The project that the environment asks for.
    public let project: String?
    /// Whose permission the calls ride on.
    public let credential: Credential
    /// A text without the keys that requests carry, should the service have repeated one.
    package var hiding: @Sendable (String) -> String = { $0 }

    /// Makes an access; tests make their own.
    ///
    /// Unless told otherwise, the credential is OAuth's where there is a grant.
    public init(
        api: any HTTPClient, host: URL, grant: GrantSummary?, project: String?,
        credential: Credential? = nil
    ) {
        self.api = api
        self.host = host
        self.grant = grant
        self.project = project
        self.credential = credential ?? (grant == nil ? .personalKey : .oauth)
    }
}

/// Why a service cannot be reached at all.
public enum NoAccess: String, Error, Equatable {
    /// No usable grant is stored, and no key is pasted.
    case noCredential = "no_credential"
    /// A key is pasted, but nothing says which host it is for.
    case notConfigured = "not_configured"
    /// The database cannot be read, so that nobody knows whether a grant is stored.
    case storeUnavailable = "store_unavailable"
}

extension ProviderConfiguration {
    var withoutCredentials: ProviderConfiguration {
        var configuration = self
        configuration.personalKey = nil
        configuration.webhookSecret = nil
        configuration.previousWebhookSecret = nil
        return configuration
    }
}
