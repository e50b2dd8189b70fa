import Engine
import PostHogProvider
import PostHogSimulator

/// An instance without a socket, at work on a simulated PostHog with a pasted key.
struct PlanDesk {
    static let key = "phx_plan_desk_key"
    static let secret = "plandesksecret0123456789"
    static let provision = "/v1/admin/providers/posthog/provision"
    static let drift = "/v1/admin/providers/posthog/drift"

    let simulator: PostHogSimulator
    let database: any Database
    let router: Router

    /// Opens one in a database of its own; no answer may hold a secret.
    static func open(
        _ seeds: [JSONValue] = [], _ body: (PlanDesk) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/plan-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var switches = Switches()
        switches.personalKeys = [.init(key: key, scopedTeams: [12_345])]
        let simulator = try await PostHogSimulator.start(switches: switches)
        let database = try await SQLiteDatabase(path: folder + "/hogsend.db")
        let result: Result<Void, any Error>
        do {
            try await Migrator(database, Instance.migrations).migrate()
            simulator.seed(seeds)
            try await body(try PlanDesk(simulator, database, CurlClient()))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await database.close()
        await simulator.stop()
        try result.get()
    }

    private init(
        _ simulator: PostHogSimulator, _ database: any Database, _ client: any HTTPClient,
        _ changes: [String: String] = [:], now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.simulator = simulator
        self.database = database
        let registry = try ProviderRegistry([PostHog()])
        let environment = [
            "DATABASE_URL": "sqlite:unused", "ADMIN_API_KEY": "plan-admin",
            "BETTER_AUTH_SECRET": "plan-auth-secret-0123456789abcdef",
            "API_PUBLIC_URL": "https://hogsend.example", "POSTHOG_PROJECT_ID": "12345",
            "POSTHOG_PRIVATE_HOST": simulator.origin.absoluteString,
            "POSTHOG_PERSONAL_API_KEY": Self.key, "POSTHOG_WEBHOOK_SECRET": Self.secret,
        ].merging(changes) { $1 }
        let configuration = try InstanceConfiguration(
            Environment(environment.filter { !$0.value.isEmpty }), registry: registry)
        let log = Log { _ in }
        let tokens = try TokenManager(
            configuration, registry, database, client: client, log: log, now: now)
        router = try Instance.router(
            configuration, registry, Migrator(database, Instance.migrations), tokens,
            version: "1.2.3", client: client, log: log)
    }

    /// The same database and PostHog, as after a restart.
    func restarted(
        _ changes: [String: String] = [:], client: any HTTPClient = CurlClient(),
        over database: (any Database)? = nil, now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> PlanDesk {
        try PlanDesk(simulator, database ?? self.database, client, changes, now: now)
    }

    func call(
        _ method: String, _ target: String, _ body: JSONValue? = nil
    ) async -> (status: Int, json: JSONValue) {
        let response = await router.respond(
            to: ServerRequest(
                method: method, target: target, headers: ["Authorization": "Bearer plan-admin"],
                body: body?.encoded() ?? Data()))
        return (response.status, JSONValue(decoding: response.body) ?? .null)
    }

    func apply(merging: Bool = false) async -> (status: Int, json: JSONValue) {
        await call("POST", Self.provision, merging ? ["merge": true] : [:])
    }

    func plan(merging: Bool = false) async -> (status: Int, json: JSONValue) {
        await call("POST", Self.provision + "?plan=true", merging ? ["merge": true] : [:])
    }

    func undo() async -> (status: Int, json: JSONValue) {
        await call("POST", Self.provision, ["undo": true])
    }

    /// What somebody does in PostHog's own pages.
    func edit(_ id: String, _ change: JSONValue) async throws {
        let path = "/api/projects/12345/hog_functions/\(id)/"
        guard let url = simulator.origin.appending(rawPath: path) else { return }
        var request = HTTPRequest.json("PATCH", url, change)
        request.headers["Authorization"] = "Bearer \(Self.key)"
        _ = try await CurlClient().send(request)
    }

    /// The destinations as they are, without what every write changes.
    var destinations: [JSONValue] {
        simulator.destinations.map { destination in
            .object(
                (destination.object ?? [:]).filter { !["updated_at", "version"].contains($0.key) })
        }
    }

    var enabled: [String] {
        destinations.filter { $0["enabled"] == true }.compactMap { $0["id"]?.string }
    }
}
