import Engine
import TestDatabases
import Testing

@Suite("PostgreSQL sessions")
struct PostgresSessionTests {
    @Test func `they read and write alike, however the database is set up`() async throws {
        try await PostgresDatabaseTests.open { database, address in
            let name = address.split(separator: "/").last ?? ""
            for setting in [
                "timezone = 'Asia/Tokyo'", "datestyle = 'German'", "client_encoding = 'LATIN1'",
                "standard_conforming_strings = off", "intervalstyle = 'iso_8601'",
            ] {
                try await database.query("ALTER DATABASE \(name) SET \(setting)")
            }
            let later = PostgresDatabase(try PostgresAddress(address))
            let rows = try await later.query(
                #"SELECT '2026-01-02 03:04:05Z'::timestamptz AS time, 'a\nü' AS text"#)
            #expect(rows.first?.text("time") == "2026-01-02T03:04:05.000Z")
            #expect(rows.first?.text("text") == #"a\nü"#)
            await later.close()
        }
    }

    @Test(arguments: [
        ("", "15s", "hogsend"), ("?options=-c%20statement_timeout%3D200", "200ms", "hogsend"),
        ("?options=-c%20geqo%3Doff", "0", "hogsend"), ("?application_name=mine", "15s", "mine"),
    ])
    func `a statement has a time limit, the user's where one is given`(
        parameters: String, limit: String, name: String
    ) async throws {
        try await PostgresDatabaseTests.open(parameters) { database, _ in
            let rows = try await database.query(
                """
                SELECT current_setting('statement_timeout') AS allowed,
                    current_setting('application_name') AS name
                """)
            #expect(rows.first?.text("allowed") == limit)
            #expect(rows.first?.text("name") == name)
        }
    }

    @Test func `one that takes too long is refused and the session is used again`() async throws {
        try await PostgresDatabaseTests.open(
            "?options=-c%20statement_timeout%3D200"
        ) { database, _ in
            let backend = "SELECT pg_backend_pid() AS pid"
            let before = try await database.query(backend)
            let start = ContinuousClock.now
            let error = await #expect(throws: DatabaseError.self) {
                try await database.query("SELECT pg_sleep(20)")
            }
            #expect(error?.code == "database_failed")
            #expect(.now - start < .seconds(5))
            #expect(try await database.query(backend) == before)
        }
    }

    @Test func `at most eight are open, and many more callers are served`() async throws {
        try await PostgresDatabaseTests.open { database, _ in
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await database.query(
                            """
                            SELECT count(*) AS open, pg_sleep(0.01) FROM pg_stat_activity
                            WHERE datname = current_database()
                            """
                        ).first?.integer("open")
                    }
                }
                for try await open in group { #expect((1...8).contains(open ?? 0)) }
            }
        }
    }

    @Test func `five who wait for locks do not stop a statement`() async throws {
        try await PostgresDatabaseTests.open { database, _ in
            let held = try await database.lock("a", lease: .seconds(30), patience: .seconds(5))
            await withTaskGroup(of: DatabaseError?.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do throws(DatabaseError) {
                            _ = try await database.lock(
                                "a", lease: .seconds(30), patience: .milliseconds(500))
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                _ = try? await database.query("SELECT 1")
                for await error in group { #expect(error == .lockTimedOut(name: "a")) }
            }
            #expect(await held.isHeld())
            await held.release()
        }
    }

    @Test func `a lock that nobody holds on to is free`() async throws {
        try await PostgresDatabaseTests.open { database, _ in
            for _ in 0..<6 {
                _ = try await database.lock("a", lease: .seconds(30), patience: .seconds(5))
            }
        }
    }
}
