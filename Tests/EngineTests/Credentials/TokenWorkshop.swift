import Engine
import ProviderKit

/// A token manager on a database of its own, with a clock that stands and a scripted server.
struct TokenWorkshop {
    static let secret = Secret("a secret of more than thirty-two letters")
    static let start = Date(timeIntervalSince1970: 1_790_000_000)

    let database: any Database
    let sealer: CredentialSealer
    let store: CredentialStore
    let clock = Locked(Self.start)
    let events = Locked<[TokenEvent]>([])
    let registry: ProviderRegistry

    init(_ database: any Database) throws {
        self.database = database
        sealer = try CredentialSealer(secret: Self.secret)
        store = CredentialStore(database, sealer: sealer)
        registry = try ProviderRegistry([Acme()])
    }

    func manager(
        _ client: any HTTPClient, over other: (any Database)? = nil, lease: Duration = .seconds(30),
        registry: ProviderRegistry? = nil, jitter: Double = 1
    ) -> TokenManager {
        TokenManager(
            parts(client, over: other, lease: lease, jitter: jitter),
            registry: registry ?? self.registry)
    }

    func parts(
        _ client: any HTTPClient = ScriptedHTTPClient([]), over other: (any Database)? = nil,
        lease: Duration = .seconds(30), jitter: Double = 1
    ) -> TokenParts {
        var policy = RefreshPolicy()
        policy.lease = lease
        policy.courtesy = .seconds(2)
        policy.savePauses = [.milliseconds(5)]
        policy.random = { jitter }
        let (clock, events) = (clock, events)
        return TokenParts(
            database: other ?? database, sealer: sealer, client: client, policy: policy,
            now: { clock.withLock { $0 } },
            report: { event in events.withLock { $0.append(event) } })
    }

    /// Stores a grant whose token was made `life - left` seconds ago and lives for `life`.
    func store(
        access: String = "access-1", refresh: String? = "refresh-1", life: Double = 3600,
        left: Double, _ changes: [String: JSONValue] = [:], for id: ProviderID = "acme"
    ) async throws {
        let grant: [String: JSONValue] = [
            "accessToken": .string(access),
            "refreshToken": refresh.map { .string($0) } ?? .null,
            "expiresAt": .string(Self.start.addingTimeInterval(left).iso8601),
            "tokenEndpoint": "https://acme.example/token", "clientId": "client",
            "scopes": ["read", "write"], "privateHost": "https://acme.example",
            "issuer": "https://acme.example",
        ]
        try await store.save(id, .oauth, .object(grant.merging(changes) { $1 }))
        try await database.query(
            "UPDATE provider_credentials SET updated_at = $1 WHERE provider_id = $2",
            .text(Self.start.addingTimeInterval(left - life).iso8601), .text(id.rawValue))
    }

    func row() async throws -> StoredCredential? { try await store.load("acme", .oauth) }

    /// The row as it lies in the table.
    func payload() async throws -> String? {
        try await database.query("SELECT payload FROM provider_credentials")
            .first?.text("payload")
    }

    /// A member of the stored grant.
    func stored(_ name: String) async throws -> JSONValue? { try await row()?.contents?[name] }

    func status() async throws -> CredentialStatus? {
        guard let row = try await row() else { return nil }
        return try await parts().status(of: row)
    }

    /// The name under which the journal holds a refresh that was sent; nil for none.
    func sent() async throws -> String? {
        try await database.query("SELECT sent_fingerprint FROM hogsend_token_refreshes")
            .first?.text("sent_fingerprint")
    }

    var told: [TokenEvent] { events.withLock { $0 } }

    func pass(_ seconds: Double) {
        clock.withLock { $0 = $0.addingTimeInterval(seconds) }
    }
}

extension HTTPResponse {
    static func tokens(_ access: String, _ refresh: String? = nil, life: Int64? = 3600)
        -> HTTPResponse
    {
        var members: [String: JSONValue] = [
            "access_token": .string(access), "token_type": "Bearer",
        ]
        members["refresh_token"] = refresh.map { .string($0) }
        members["expires_in"] = life.map { .integer($0) }
        return .json(.object(members))
    }

    static func refusal(_ code: String, status: Int = 400) -> HTTPResponse {
        .json(status, ["error": .string(code)])
    }
}
