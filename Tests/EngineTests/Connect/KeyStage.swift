import AcmeProviders
import Engine
import Testing

/// A `connect` with pasted keys in this process: Acme's API, and an instance in a database.
struct KeyStage {
    static let apiKey = "ak_live_hunter2-key"
    static let signingKey = "0123456789abcdef0123456789ABCDEF"
    static let text = "apiKey=\(apiKey)\naccount=4711\nsigningKey=\(signingKey)\n"
    static let credential = "/v1/admin/provider-credentials/keyed-acme"
    static let provider = "/v1/admin/providers/keyed-acme"

    let database: any Database
    let environment: [String: String]
    let api: AcmeAPI
    let router: Router
    let log: Locked<String>
    let events = Locked<[ConnectEvent]>([])

    /// Nothing that is logged, answered or told may hold a secret, nor any row.
    static func set(
        _ changes: [String: String] = [:], _ body: (KeyStage) async throws -> Void
    ) async throws {
        try await withDatabase { database in
            let api = AcmeAPI(header: "X-Acme-Key", value: "Key \(apiKey)")
            api.state.withLock { $0.signingKey = signingKey }
            let environment = [
                "DATABASE_URL": "sqlite:unused", "ADMIN_API_KEY": Desk.adminKey,
                "BETTER_AUTH_SECRET": "hunter2-auth-secret-0123456789abcdef",
                "API_PUBLIC_URL": "https://hogsend.example",
            ].merging(changes) { $1 }
            let stage = try KeyStage(database, environment, api, Locked(""))
            try await body(stage)
            let seen = stage.log.withLock { $0 } + "\(stage.events.withLock { $0 })"
            #expect(!isLeaking(seen))
            for row in try await database.query("SELECT payload FROM provider_credentials") {
                #expect(!isLeaking(row.text("payload") ?? ""))
            }
        }
    }

    static func isLeaking(_ text: String) -> Bool {
        text.contains("hunter2") || text.contains(signingKey)
    }

    private init(
        _ database: any Database, _ environment: [String: String], _ api: AcmeAPI,
        _ log: Locked<String>, registry providers: [any Provider] = [KeyedAcme(), DeviceAcme()]
    ) throws {
        self.database = database
        self.environment = environment
        self.api = api
        self.log = log
        let registry = try ProviderRegistry(providers)
        let configuration = try InstanceConfiguration(
            Environment(environment), registry: registry)
        let lines = Log { line in log.withLock { $0 += line } }
        let tokens = try TokenManager(
            configuration, registry, database, client: api, log: lines)
        let router = try Instance.router(
            configuration, registry, Migrator(database, Instance.migrations), tokens,
            version: "1.2.3", client: api, log: lines, patience: Desk.patience)
        self.router = router
        api.calls { headers, body in
            await router.respond(
                to: ServerRequest(
                    method: "POST", target: "/v1/webhooks/keyed-acme", headers: headers,
                    body: body)
            ).status
        }
    }

    /// The same database and service under another environment, as after a restart.
    func restarted(
        _ changes: [String: String] = [:],
        registry: [any Provider] = [KeyedAcme(), DeviceAcme()]
    ) throws -> KeyStage {
        try KeyStage(
            database, environment.merging(changes) { $1 }, api, log, registry: registry)
    }

    func call(_ method: String, _ target: String, _ body: JSONValue? = nil) async -> Desk.Answer {
        let response = await router.respond(
            to: ServerRequest(
                method: method, target: target,
                headers: ["Authorization": "Bearer \(Desk.adminKey)"],
                body: body?.encoded() ?? Data()))
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(!Self.isLeaking(text))
        return Desk.Answer(status: response.status, text: text)
    }

    static func payload(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var keys: [String: JSONValue] = [
            "apiKey": .string(apiKey), "account": "4711", "signingKey": .string(signingKey),
        ]
        for (name, value) in changes { keys[name] = value }
        return [
            "kind": "api_key",
            "payload": [
                "keys": .object(keys), "fields": ["plan": "pro"],
                "privateHost": "https://keys.acme.example",
            ],
        ]
    }

    func put(_ changes: [String: JSONValue?] = [:]) async -> Desk.Answer {
        await call("PUT", Self.credential, Self.payload(changes))
    }

    /// Runs the flow against this instance.
    func connect(
        _ text: String? = KeyStage.text, instance: (any HTTPClient)? = nil,
        prompt: ConnectPrompt? = nil, _ edit: (inout ConnectOptions) -> Void = { _ in }
    ) async throws(ConnectError) -> ConnectOutcome {
        var options = ConnectOptions()
        options.keyText = text.map { Secret($0) }
        edit(&options)
        let events = events
        return try await ConnectFlow(
            provider: KeyedAcme(), options: options,
            instance: InstanceClient(
                url: URL(string: "https://hogsend.example") ?? URL(filePath: "/"),
                adminKey: Secret(Desk.adminKey), client: instance ?? RouterClient(router: router)),
            client: api, browser: BrowserLauncher(environment: [:]), prompt: prompt
        ) { event in events.withLock { $0.append(event) } }.run()
    }

    func refusal(
        _ text: String? = KeyStage.text, instance: (any HTTPClient)? = nil,
        prompt: ConnectPrompt? = nil, _ edit: (inout ConnectOptions) -> Void = { _ in }
    ) async -> ConnectError? {
        do throws(ConnectError) {
            _ = try await connect(text, instance: instance, prompt: prompt, edit)
            return nil
        } catch {
            #expect(!Self.isLeaking("\(error)"))
            return error
        }
    }

    /// Each row as its provider and kind.
    func expect(
        rows expected: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let rows = try await database.query(
            "SELECT provider_id, kind FROM provider_credentials ORDER BY provider_id, kind"
        ).map { "\($0.text("provider_id") ?? "") \($0.text("kind") ?? "")" }
        #expect(rows == expected, sourceLocation: sourceLocation)
    }
}

/// Reaches a router as if over the network.
struct RouterClient: HTTPClient {
    let router: Router

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let path = request.url.absoluteString.dropFirst("https://hogsend.example".count)
        return await router.respond(
            to: ServerRequest(
                method: request.method, target: String(path), headers: request.headers,
                body: request.body))
    }
}
