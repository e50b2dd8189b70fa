import Engine

/// An instance without a socket, in a folder of its own, with a clock that a check sets.
struct ContractDesk: Sendable {
    static let adminKey = "contract-admin-key-0123456789abcdef"
    static let authSecret = "contract-auth-secret-0123456789abcdef"
    static let publicURL = "https://hogsend.example"

    let provider: any Provider
    let folder: String
    let database: any Database
    let tokens: TokenManager
    let router: Router
    let clock: Locked<Date>
    /// Everything that was logged and answered.
    let said: Locked<String>

    /// Opens one, lets `body` use it, and removes it; with `client` it reaches the world.
    static func open(
        _ provider: any Provider, client: any HTTPClient = CurlClient(),
        _ body: (ContractDesk) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/contract-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try await SQLiteDatabase(path: folder + "/hogsend.db")
        do {
            try await Migrator(database, Instance.migrations).migrate()
            try await body(
                ContractDesk(
                    provider, folder, database, client, Locked(Date()), Locked("")))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private init(
        _ provider: any Provider, _ folder: String, _ database: any Database,
        _ client: any HTTPClient, _ clock: Locked<Date>, _ said: Locked<String>
    ) throws {
        let registry = try ProviderRegistry([provider])
        let configuration = try InstanceConfiguration(
            Environment(Self.environment), registry: registry)
        let log = Log { line in said.withLock { $0 += line } }
        let tokens = try TokenManager(
            configuration, registry, database, client: client, log: log,
            now: { clock.withLock { $0 } })
        router = try Instance.router(
            configuration, registry, Migrator(database, Instance.migrations), tokens,
            version: "0", client: client, log: log, patience: .milliseconds(1500))
        self.provider = provider
        self.folder = folder
        self.database = database
        self.tokens = tokens
        self.clock = clock
        self.said = said
    }

    static let environment = [
        "DATABASE_URL": "sqlite:unused", "ADMIN_API_KEY": adminKey,
        "BETTER_AUTH_SECRET": authSecret, "API_PUBLIC_URL": publicURL,
    ]

    /// The same database as after a restart, or another process on it.
    func restarted(
        _ provider: (any Provider)? = nil, client: any HTTPClient = CurlClient(),
        over database: (any Database)? = nil
    ) throws -> ContractDesk {
        try ContractDesk(
            provider ?? self.provider, folder, database ?? self.database, client, clock, said)
    }

    func pass(_ seconds: Double) { clock.withLock { $0 += seconds } }

    // MARK: Asking

    /// Asks as the administrator.
    @discardableResult
    func call(_ method: String, _ target: String, _ body: JSONValue? = nil) async -> Answer {
        let response = await send(
            ServerRequest(
                method: method, target: target,
                headers: ["Authorization": "Bearer \(Self.adminKey)"],
                body: body?.encoded() ?? Data()))
        return Answer(status: response.status, json: JSONValue(decoding: response.body) ?? .null)
    }

    func send(_ request: ServerRequest) async -> HTTPResponse {
        let response = await router.respond(to: request)
        said.withLock { $0 += String(decoding: response.body, as: UTF8.self) + "\n" }
        return response
    }

    struct Answer: Sendable {
        let status: Int
        let json: JSONValue
    }

    /// How many events consumers would see.
    func events() async -> Int64? { await call("GET", APIPath.events).json["total"]?.integer }

    /// The grant as it is stored; nil for none.
    func grant() async -> Grant? {
        guard
            let row = try? await CredentialStore(database, sealer: try sealer).load(
                provider.id, .oauth)
        else { return nil }
        return row.grant(fields: provider.grantFieldNames)
    }

    var sealer: CredentialSealer {
        get throws { try CredentialSealer(secret: Secret(Self.authSecret)) }
    }

    /// Every byte of the database's files.
    func bytes() async throws -> Data {
        // The log's pages move to the database only when they are many.
        try await database.query("SELECT 1")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return names.reduce(into: Data()) { bytes, name in
            bytes += FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
        }
    }
}

/// Reaches a desk as if over the network.
struct DeskClient: HTTPClient {
    let desk: ContractDesk

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        await desk.send(
            ServerRequest(
                method: request.method,
                target: String(
                    request.url.absoluteString.dropFirst(ContractDesk.publicURL.utf8.count)),
                headers: request.headers, body: request.body))
    }
}
