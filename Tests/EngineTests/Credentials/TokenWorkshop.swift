import Engine
import ProviderKit

/// A token manager on a database of its own, with a clock that stands and a scripted server.
struct TokenWorkshop {
    static let start = Date(timeIntervalSince1970: 1_790_000_000)

    let database: any Database
    let sealer: CredentialSealer
    let store: CredentialStore
    let clock = Locked(Self.start)
    let events = Locked<[TokenEvent]>([])
    let registry: ProviderRegistry

    init(_ database: any Database) throws {
        self.database = database
        sealer = try CredentialSealer(secret: Secret("a secret of more than thirty-two letters"))
        store = CredentialStore(database, sealer: sealer)
        registry = try ProviderRegistry([Acme()])
    }

    func manager(
        _ client: any HTTPClient, over other: (any Database)? = nil, lease: Duration = .seconds(30)
    ) -> TokenManager {
        var policy = RefreshPolicy()
        policy.lease = lease
        policy.savePauses = [.milliseconds(5)]
        policy.random = { 1 }
        let (clock, events) = (clock, events)
        let parts = TokenParts(
            database: other ?? database, sealer: sealer, client: client, policy: policy,
            now: { clock.withLock { $0 } },
            report: { event in events.withLock { $0.append(event) } })
        return TokenManager(parts, registry: registry)
    }

    /// Stores a grant whose token was made `age` ago and lives for `life`.
    func store(
        access: String = "access-1", refresh: String? = "refresh-1", life: Double = 3600,
        left: Double
    ) async throws {
        let grant: JSONValue = [
            "accessToken": .string(access),
            "refreshToken": refresh.map { .string($0) } ?? .null,
            "expiresAt": .string(Self.start.addingTimeInterval(left).iso8601),
            "tokenEndpoint": "https://acme.example/token", "clientId": "client",
            "scopes": ["read", "write"], "privateHost": "https://acme.example",
            "issuer": "https://acme.example",
        ]
        _ = try await store.save("acme", .oauth, grant)
        try await database.query(
            "UPDATE provider_credentials SET updated_at = $1",
            .text(Self.start.addingTimeInterval(left - life).iso8601))
    }

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
