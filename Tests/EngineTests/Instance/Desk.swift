import Engine
import ProviderKit
import TestDatabases
import Testing

/// An instance without a socket, and the service that it speaks to.
struct Desk {
    static let adminKey = "desk-admin-key"
    static let credential = "/v1/admin/provider-credentials/acme"
    static let provision = "/v1/admin/providers/acme/provision"
    static let info = "/v1/admin/providers/acme/connect-info"
    /// How long a test event is waited for.
    static let patience = Duration.milliseconds(1500)

    let database: any Database
    let environment: [String: String]
    let service: AcmeService
    let router: Router
    let log: Locked<String>
    private let acme: any Provider

    struct Answer {
        let status: Int
        let text: String
        var json: JSONValue { .text(text) }
        var error: String? { json["error"]?.string }
    }

    /// Opens a desk in a database of its own; nothing it logged may hold a secret.
    static func open(
        _ changes: [String: String] = [:], on kind: DatabaseKind = .sqlite,
        acme: any Provider = Acme(), _ body: (Desk) async throws -> Void
    ) async throws {
        try await withDatabase(kind) { database in
            var environment = [
                "DATABASE_URL": "sqlite:unused", "ADMIN_API_KEY": adminKey,
                "BETTER_AUTH_SECRET": "hunter2-auth-secret-0123456789abcdef",
                "API_PUBLIC_URL": "https://hogsend.example",
            ]
            environment.merge(changes) { $1 }
            let desk = try Desk(database, environment, AcmeService(), Locked(""), acme)
            try await body(desk)
            #expect(!desk.log.withLock { $0 }.contains("hunter2"))
        }
    }

    /// The same service over another view of the database.
    func over(_ database: any Database) throws -> Desk {
        try Desk(database, environment, service, log, acme)
    }

    private init(
        _ database: any Database, _ environment: [String: String], _ service: AcmeService,
        _ log: Locked<String>, _ acme: any Provider
    ) throws {
        self.acme = acme
        self.database = database
        self.environment = environment
        self.service = service
        self.log = log
        let registry = try ProviderRegistry([acme, OldService()])
        let configuration = try InstanceConfiguration(
            Environment(environment), registry: registry)
        let lines = Log { line in log.withLock { $0 += line } }
        let tokens = try TokenManager(
            configuration, registry, database, client: service.client, log: lines)
        router = try Instance.router(
            configuration, registry, Migrator(database, Instance.migrations), tokens,
            version: "1.2.3", client: service.client, log: lines, patience: Self.patience)
    }

    /// The same database and service under another environment, as after a restart.
    func restarted(_ changes: [String: String] = [:]) throws -> Desk {
        try Desk(database, environment.merging(changes) { $1 }, service, log, acme)
    }

    /// Asks as the administrator; no answer may hold a secret.
    func call(_ method: String, _ target: String, _ body: JSONValue? = nil) async -> Answer {
        await send(method, target, body: body?.encoded() ?? Data())
    }

    func send(
        _ method: String, _ target: String,
        headers: HTTPHeaders = ["Authorization": "Bearer \(adminKey)"], body: Data = Data()
    ) async -> Answer {
        let response = await router.respond(
            to: ServerRequest(method: method, target: target, headers: headers, body: body))
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(response.headers["Content-Type"] == "application/json; charset=utf-8")
        #expect(!text.contains("hunter2"))
        return Answer(status: response.status, text: text)
    }

    /// Stores a grant for Acme's service on `eu.acme.example`.
    @discardableResult
    func connect(_ changes: [String: JSONValue?] = [:]) async -> Answer {
        await call("PUT", Self.credential, ["kind": "oauth", "payload": Self.grant(changes)])
    }

    static func grant(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let given: [String: JSONValue?] = [
            "tokenEndpoint": "https://eu.acme.example/token", "workspace": "w1",
            "nickname": "hunter2-nickname", "scopes": ["workspaces:read", "hooks:write"],
        ]
        return GrantTests.document(given.merging(changes) { $1 })
    }

    func deliver(_ body: String, secret: String?) async -> Answer {
        var headers: HTTPHeaders = [:]
        headers["X-Acme-Secret"] = secret
        return await send(
            "POST", "/v1/webhooks/acme", headers: headers, body: Data(body.utf8))
    }
}
