import Engine
import TestDatabases
import Testing

@Suite("PostgreSQL outages")
struct PostgresOutageTests {
    private static let insert = "INSERT INTO t VALUES ($1)"

    /// A server that may be stopped, and a database on it with a table.
    private func stage(_ body: (PostgresCluster, PostgresDatabase) async throws -> Void)
        async throws
    {
        let cluster = try await PostgresCluster()
        let database = PostgresDatabase(try PostgresAddress(cluster.address()))
        try await database.query("CREATE TABLE t (a text)")
        try await body(cluster, database)
        await database.close()
        await cluster.end()
    }

    @Test func `idle connections that a restart has cut are not written to`() async throws {
        try await stage { cluster, database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await database.query("SELECT pg_sleep(0.1)") }
                }
                try await group.waitForAll()
            }
            try await cluster.stop()
            try await cluster.start()
            for number in 0..<10 { try await database.query(Self.insert, .text("\(number)")) }
            #expect(try await database.query("SELECT a FROM t").count == 10)
        }
    }

    @Test func `while it is down calls fail at once, and afterwards all is well`() async throws {
        try await stage { cluster, database in
            let ear = await Ear(database)
            let load = Load(database)
            async let running: Void = load.run(tasks: 16, statement: Self.insert)
            try await load.reaches { $0.done > 200 }
            try await cluster.stop()
            try await load.reaches { $0.failed > 200 }
            try await cluster.start()
            let before = load.tally.done
            try await load.reaches { $0.done > before + 200 }
            load.end()
            try await running
            let tally = load.tally
            #expect(tally.otherErrors == [])
            #expect(tally.longest < .seconds(3))
            let stored = try await database.query("SELECT a FROM t").count
            #expect(stored >= tally.done, "what was acknowledged is there")
            try await ear.settle()
            let heard = ear.count
            try await database.publish(SQLStatement(Self.insert, .text("told")))
            #expect(try await ear.hearsMore(than: heard, within: .seconds(1)))
        }
    }

    @Test func `a lock does not outlive its server`() async throws {
        try await stage { cluster, database in
            let lock = try await database.lock("a", lease: .seconds(60), patience: .seconds(5))
            try await cluster.stop()
            #expect(await !lock.isHeld())
            let error = await #expect(throws: DatabaseError.self) {
                try await database.lock("a", lease: .seconds(60), patience: .seconds(5))
            }
            #expect(error?.code == "database_unavailable")
            try await cluster.start()
            let next = try await database.lock("a", lease: .seconds(60), patience: .seconds(5))
            await lock.release()
            #expect(await next.isHeld())
            await next.release()
        }
    }

    @Test(arguments: ["pg_terminate_backend(pid)", "pg_cancel_backend(pid)"])
    func `a read is repeated where its connection broke, a write is not`(blow: String) async throws
    {
        try await PostgresDatabaseTests.open { database, address in
            let other = PostgresDatabase(try PostgresAddress(address))
            async let reading = database.query("SELECT 1 AS one, pg_sleep(1)")
            async let writing = database.query("CREATE TABLE u AS SELECT pg_sleep(1)::text AS a")
            try await Task.sleep(for: .milliseconds(300))
            try await other.query(
                """
                SELECT \(blow) FROM pg_stat_activity
                WHERE query LIKE '%pg_sleep(1)%' AND pid <> pg_backend_pid()
                    AND datname = current_database()
                """)
            let isCut = blow.hasPrefix("pg_terminate")
            let rows = try? await reading
            #expect(rows?.first?.integer("one") == (isCut ? 1 : nil))
            do {
                _ = try await writing
                Issue.record("it was written")
            } catch {
                #expect(
                    (error as? DatabaseError)?.code
                        == (isCut ? "database_unavailable" : "database_failed"), "\(error)")
            }
            #expect(try await database.query("SELECT 1 AS one").first?.integer("one") == 1)
            await other.close()
        }
    }

    /// It takes connections and says nothing.
    @Test func `a server that is silent keeps nobody waiting for long`() async throws {
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        let database = PostgresDatabase(
            try PostgresAddress(
                "postgres://ada:hunter2@127.0.0.1:\(socket.port)/x?connect_timeout=2"))
        for _ in 0..<2 {
            let start = ContinuousClock.now
            await withTaskGroup(of: DatabaseError?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do throws(DatabaseError) {
                            try await database.query("SELECT 1")
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                for await error in group {
                    #expect(error?.code == "database_unavailable")
                    #expect(error?.description.contains("hunter2") == false)
                }
            }
            #expect(.now - start < .seconds(4))
        }
        await database.close()
        socket.closeUnused()
    }

    @Test(arguments: [
        "postgres://ada:hunter2@127.0.0.1:1/x", "postgres://ada:hunter2@no-such-host.invalid/x",
        "postgres:///x?host=/nowhere&user=ada&password=hunter2",
        "postgres://ada:127.0.0.1@127.0.0.1:1/hunter2",
    ])
    func `one that cannot be reached is an error without a password`(address: String) async throws {
        let database = PostgresDatabase(try PostgresAddress(address))
        let error = await #expect(throws: DatabaseError.self) {
            try await database.query("SELECT 1")
        }
        #expect(error?.code == "database_unavailable")
        #expect(error?.hint?.contains("DATABASE_URL") == true)
        #expect(error?.description.contains("hunter2") == false)
        if address.contains(":127.0.0.1@") {
            #expect(error?.description.contains("127.0.0.1") == false)
        }
        await database.close()
    }

    @Test func `a wrong password is said, and neither is shown`() async throws {
        try await PostgresCluster.shared.value.withDatabase { address in
            let wrong = address.replacing(PostgresCluster.password, with: "hunter3")
            let database = PostgresDatabase(try PostgresAddress(wrong))
            let error = await #expect(throws: DatabaseError.self) {
                try await database.query("SELECT 1")
            }
            #expect(error?.description.contains("hogsend") == true)
            #expect(error?.description.contains("hunter") == false)
            await database.close()
        }
    }
}
