import Engine
import Testing

@Suite("Health route")
struct HealthRouteTests {
    static let last = Instance.migrations.last?.id ?? ""

    static func check(
        _ answer: Desk.Answer, status: String, database: String, engine: JSONValue
    ) throws {
        #expect(answer.status == 200)
        let json = answer.json
        #expect(
            Set(try #require(json.object).keys) == [
                "status", "uptime", "timestamp", "version", "components", "schema",
            ])
        #expect(json["status"]?.string == status && json["version"] == "1.2.3")
        #expect((json["uptime"]?.integer).map { (0...60).contains($0) } == true)
        #expect((json["timestamp"]?.string).flatMap { Date(iso8601: $0) } != nil)
        let component = json["components"]?["database"]
        #expect(component?["status"]?.string == database)
        #expect((component?["latencyMs"]?.integer).map { $0 >= 0 } == true)
        #expect(json["schema"] == ["engine": engine])
    }

    @Test func `an instance in order is healthy, for anyone who asks`() async throws {
        try await Desk.open { desk in
            let answer = await desk.send("GET", "/v1/health?x=1", headers: [:])
            try Self.check(
                answer, status: "healthy", database: "healthy",
                engine: [
                    "applied": .string(Self.last), "required": .string(Self.last), "inSync": true,
                    "pending": [],
                ])
        }
    }

    @Test func `without a database it is degraded, and still answers`() async throws {
        try await Desk.open { desk in
            await desk.database.close()
            let answer = await desk.send("GET", "/v1/health", headers: [:])
            try Self.check(
                answer, status: "degraded", database: "unhealthy",
                engine: [
                    "applied": nil, "required": .string(Self.last), "inSync": false, "pending": [],
                ])
        }
    }

    @Test func `a step that is not applied is pending`() async throws {
        try await Desk.open { desk in
            try await desk.database.query(
                "DELETE FROM hogsend_migrations WHERE id = $1", .text(Self.last))
            let answer = await desk.send("GET", "/v1/health", headers: [:])
            try Self.check(
                answer, status: "migration_pending", database: "healthy",
                engine: [
                    "applied": .string(Instance.migrations.dropLast().last?.id ?? ""),
                    "required": .string(Self.last), "inSync": false,
                    "pending": [.string(Self.last)],
                ])
        }
    }
}
