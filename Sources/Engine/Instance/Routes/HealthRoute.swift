/// `GET /v1/health`: for load balancers and people; 200 whatever the status.
struct HealthRoute: InstanceRoute {
    let migrator: Migrator
    let tokens: TokenManager
    let version: String
    private let started = ContinuousClock.now

    init(migrator: Migrator, tokens: TokenManager, version: String) {
        self.migrator = migrator
        self.tokens = tokens
        self.version = version
    }

    func register(in routes: inout InstanceRoutes) {
        routes.open("GET", APIPath.health) { _ in .json(await health()) }
    }

    private func health() async -> JSONValue {
        let asked = ContinuousClock.now
        let schema = await status(within: .seconds(3))
        let unsaved = await tokens.unsaved
        let latency = asked.duration(to: .now).milliseconds
        return [
            "status": .string(status(schema, unsaved)), "version": .string(version),
            "uptime": .integer(started.duration(to: .now).components.seconds),
            "timestamp": .string(Date().iso8601),
            "components": [
                "database": [
                    "status": schema == nil ? "unhealthy" : "healthy",
                    "latencyMs": .integer(Int64(latency)),
                ],
                // Providers whose new token is in this process's memory alone.
                "tokens": [
                    "status": unsaved.isEmpty ? "healthy" : "degraded",
                    "unsaved": .array(unsaved.map { .string($0.rawValue) }),
                ],
            ],
            "schema": ["engine": engine(schema)],
        ]
    }

    /// Nil when the database does not answer soon: whoever asks has a limit of his own.
    private func status(within limit: Duration) async -> Migrator.Status? {
        let answer = Promise<Migrator.Status?>()
        Task { answer.settle(try? await migrator.status()) }
        return await answer.value(within: limit) ?? nil
    }

    private func status(_ schema: Migrator.Status?, _ unsaved: [ProviderID]) -> String {
        guard let schema, unsaved.isEmpty else { return "degraded" }
        return schema.pending.isEmpty ? "healthy" : "migration_pending"
    }

    private func engine(_ schema: Migrator.Status?) -> JSONValue {
        let required = Instance.migrations.map(\.id).last.map { JSONValue.string($0) } ?? .null
        return [
            "applied": schema?.applied.last.map { .string($0) } ?? .null, "required": required,
            "inSync": .bool(schema?.pending.isEmpty ?? false),
            "pending": .array((schema?.pending ?? []).map { .string($0) }),
        ]
    }
}
