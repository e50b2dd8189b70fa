import Engine
import Testing

@Suite("Instance")
struct InstanceTests {
    /// An instance that listens on a free port of both loopbacks.
    struct Running {
        let instance: Instance
        let log: Locked<String>

        func send(
            _ method: String, _ path: String, headers: HTTPHeaders = [:], body: Data = Data(),
            host: String = "127.0.0.1"
        ) async throws -> HTTPResponse {
            let url = try address("http://\(host):\(instance.port)\(path)")
            return try await CurlClient().send(
                HTTPRequest(method, url, headers: headers, body: body))
        }
    }

    static func start(path: String, _ changes: [String: String] = [:]) async throws -> Running {
        let registry = try ProviderRegistry([OldService(), WebhookOnly()])
        let environment = [
            "DATABASE_URL": "sqlite:\(path)", "ADMIN_API_KEY": "k", "PORT": "0",
            "BETTER_AUTH_SECRET": "hunter2-auth-secret-0123456789abcdef",
        ].merging(changes) { $1 }
        let log = Locked("")
        let configuration = try InstanceConfiguration(
            Environment(environment), registry: registry)
        let instance = try await Instance(
            configuration, registry: registry, version: "1", client: CurlClient(),
            log: Log { line in log.withLock { $0 += line } })
        return Running(instance: instance, log: log)
    }

    static func run(
        _ changes: [String: String] = [:], _ body: (Running) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let running = try await start(path: folder.file(), changes)
        do {
            try await body(running)
        } catch {
            await running.instance.stop()
            throw error
        }
        await running.instance.stop()
    }

    static let key: HTTPHeaders = ["Authorization": "Bearer k"]

    @Test func `a delivery may be 4 MiB, anything else 1 MiB`() async throws {
        try await Self.run { running in
            for (method, path, limit, accepted) in [
                ("POST", "/v1/webhooks/hooks", 4 << 20, 401),
                ("PUT", "/v1/admin/provider-credentials/hooks", 1 << 20, 400),
                ("POST", "/v1/webhooks", 1 << 20, 404),
            ] {
                for (size, status) in [(limit, accepted), (limit + 1, 413)] {
                    let answer = try await running.send(
                        method, path, headers: Self.key,
                        body: Data(repeating: UInt8(ascii: " "), count: size))
                    #expect(answer.status == status, "\(path) \(size)")
                    #expect(JSONValue(decoding: answer.body)?["error"]?.string != nil)
                }
            }
        }
    }

    @Test func `both loopbacks are served, and HEAD has no body`() async throws {
        try await Self.run { running in
            for host in ["127.0.0.1", "[::1]"] {
                let answer = try await running.send("GET", "/v1/health", host: host)
                #expect(answer.status == 200)
                let head = try await running.send("HEAD", "/v1/health", host: host)
                #expect(head.status == 200 && head.body.isEmpty)
            }
        }
    }

    @Test func `a log line shows the route and neither path nor query`() async throws {
        try await Self.run(["BETTER_AUTH_SECRET": "hunter2"]) { running in
            _ = try await running.send(
                "GET", "/v1/admin/provider-credentials/hunter2?x=hunter2", headers: Self.key)
            _ = try await running.send("GET", "/hunter2")
            let lines = running.log.withLock { $0 }.split(separator: "\n")
                .compactMap { JSONValue(decoding: Data($0.utf8)) }
            let requests = lines.filter { $0["event"] == "request" }
            #expect(
                requests.map { $0["route"]?.string } == [
                    "/v1/admin/provider-credentials/{provider}", "none",
                ])
            #expect(requests.map { $0["status"] } == [404, 404])
            #expect(lines.first?["event"] == "configuration", "a short secret is warned about")
            #expect(!running.log.withLock { $0 }.contains("hunter2"))
        }
    }

    @Test func `it refuses a database of a newer build and one that it cannot open`()
        async throws
    {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        await (try Self.start(path: folder.file())).instance.stop()
        let database = try await SQLiteDatabase(path: folder.file())
        try await database.query("INSERT INTO hogsend_migrations VALUES ('9999_future', 'x')")
        await database.close()
        for (path, code) in [
            (folder.file(), "database_newer"), ("/nonexistent/x.db", "database_unavailable"),
        ] {
            let error = await #expect(throws: DatabaseError.self) {
                try await Self.start(path: path)
            }
            #expect(error?.code == code)
        }
    }

    @Test func `a port that is taken is refused with a remedy`() async throws {
        try await Self.run { running in
            let error = await #expect(throws: ConfigurationError.self) {
                try await Self.start(path: ":memory:", ["PORT": "\(running.instance.port)"])
            }
            #expect(error?.hint?.contains("PORT") == true)
        }
    }
}

/// A service that only delivers.
struct WebhookOnly: Provider {
    let id: ProviderID = "hooks"
    let name = "Hooks"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "c")
    let webhook: WebhookSource? = WebhookSource(
        secretHeader: "X-Secret", id: ["id"], event: ["e"], userID: ["u"], occurredAt: ["t"],
        properties: ["p"], personProperties: ["q"])
}
