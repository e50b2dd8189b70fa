import Engine
import Foundation
import PostHogSimulator
import TestDatabases
import Testing

extension BinaryTests {
    @Suite("the program on PostgreSQL") struct PostgresTests {
        @Test func `it connects, provisions, takes deliveries and shows them`() async throws {
            try await DatabaseKind.postgres.make { empty in
                try await Stage.set(["DATABASE_URL": empty.address]) { stage in
                    let connected = try await stage.client.connect("--json")
                    #expect(connected.document?["verdict"] == "connected")
                    #expect(connected.document?["loop"]?["ok"] == true)
                    let event = CapturedEvent("signed up", distinctID: "ada")
                    for _ in 0..<2 {
                        #expect(await stage.posthog.emit(event).map(\.status) == [200])
                    }
                    let events = try await stage.client.run("events", "list", "--json")
                    #expect(events.document?["total"] == 1)
                    let event0 = events.document?["events"]?.array?.first
                    #expect(event0?["event"] == "signed up" && event0?["userId"] == "ada")
                    let health = try await stage.client.call("GET", "/v1/health")
                    #expect(health.json["status"] == "healthy")
                    let shown = try await stage.client.run(
                        "credentials", "show", "posthog", "--json")
                    let updated = shown.document?["credential"]?["updatedAt"]?.string ?? ""
                    #expect(Date(iso8601: updated) != nil)
                    for path in ["provider-credentials/a%00", "events?event=%00"] {
                        let answer = try await stage.client.call("GET", "/v1/admin/\(path)")
                        #expect(answer.status < 500)
                    }
                    #expect(!stage.instance.program.errors.contains(PostgresCluster.password))
                }
            }
        }

        @Test func `one that cannot be reached is said without its password`() async throws {
            let ended = try await Program(
                name: "hogsend", arguments: ["serve", "--json"],
                environment: [
                    "PORT": "0", "HOME": NSTemporaryDirectory(), "ADMIN_API_KEY": Stage.adminKey,
                    "BETTER_AUTH_SECRET": Stage.authSecret,
                    "DATABASE_URL": "postgres://ada:hunter2@127.0.0.1:1/x",
                ]
            ).run(within: .seconds(10))
            #expect(ended.status == 1)
            #expect(ended.document?["hint"]?.string?.contains("DATABASE_URL") == true)
            #expect(!(ended.output + ended.errors).contains("hunter2"))
        }

        // MARK: Backups, taken as the README says

        private func connect(_ address: String) async throws {
            try await Stage.set(["DATABASE_URL": address]) { stage in
                let connected = try await stage.client.connect("--json")
                #expect(connected.status == 0)
            }
        }

        /// The row opens: a token that did not would be listed as undecryptable.
        private func expectGrant(_ address: String) async throws {
            try await Stage.set(["DATABASE_URL": address]) { stage in
                let shown = try await stage.client.run("credentials", "show", "posthog", "--json")
                #expect(shown.status == 0, "\(shown.output)")
                #expect(shown.document?["credential"]?["scopes"]?.array?.count == 13)
            }
        }

        @Test func `a backup of PostgreSQL is restored with pg_dump and psql`() async throws {
            try await DatabaseKind.postgres.make { source in
                try await connect(source.address)
                let dump = try await Program(
                    name: "/usr/bin/env", arguments: ["pg_dump", source.address]
                ).run()
                #expect(dump.status == 0, "\(dump.errors)")
                #expect(!dump.output.contains("pha_"))
                try await DatabaseKind.postgres.make { target in
                    let restored = try await Program(
                        name: "/usr/bin/env",
                        arguments: ["psql", "-qX", "-v", "ON_ERROR_STOP=1", target.address],
                        input: dump.output
                    ).run()
                    #expect(restored.status == 0, "\(restored.errors)")
                    try await expectGrant(target.address)
                }
            }
        }

        @Test func `a backup of SQLite is a file, taken while it is in use`() async throws {
            try await DatabaseKind.sqlite.make { source in
                try await connect(source.address)
                let database = try await source.open()
                let copy = "\(NSTemporaryDirectory())hogsend-backup-\(UUID().uuidString).db"
                defer {
                    for suffix in ["", "-wal", "-shm"] {
                        try? FileManager.default.removeItem(atPath: copy + suffix)
                    }
                }
                try await database.query("VACUUM INTO '\(copy)'")
                await database.close()
                try await expectGrant("sqlite:\(copy)")
            }
        }
    }
}
