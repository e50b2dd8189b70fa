import Engine
import TestDatabases
import Testing

@Suite("Migrations")
struct MigrationTests {
    static let first = Migration("001", "CREATE TABLE one (a text)", "INSERT INTO one VALUES ('x')")
    static let second = Migration("002", "ALTER TABLE one ADD COLUMN b text")
    static let broken = Migration("003", "CREATE TABLE three (a text)", "SELEC 1")

    private func empty(
        _ kind: DatabaseKind, _ body: (any Database) async throws -> Void
    ) async throws {
        try await kind.make { empty in
            let database = try await empty.open()
            try await body(database)
            await database.close()
        }
    }

    private func rows(_ database: any Database) async throws -> Int {
        try await database.query("SELECT * FROM one").count
    }

    @Test(arguments: DatabaseKind.allCases)
    func `each is applied once`(kind: DatabaseKind) async throws {
        try await empty(kind) { database in
            for _ in 0..<2 { try await Migrator(database, [Self.first]).migrate() }
            #expect(try await rows(database) == 1)
            for _ in 0..<2 { try await Migrator(database, [Self.first, Self.second]).migrate() }
            try await database.query("SELECT b FROM one")
            #expect(try await rows(database) == 1)
        }
    }

    @Test func `one may take longer than other statements`() async throws {
        try await empty(.postgres) { database in
            let asking = Migration(
                "001", "CREATE TABLE one AS SELECT current_setting('statement_timeout') AS a")
            try await Migrator(database, [asking]).migrate()
            #expect(try await database.query("SELECT a FROM one").first?.text("a") == "30min")
            let later = try await database.query("SELECT current_setting('statement_timeout') AS a")
            #expect(later.first?.text("a") == "15s")
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `health sees what is applied and what is missing`(kind: DatabaseKind) async throws {
        try await empty(kind) { database in
            let migrator = Migrator(database, [Self.first, Self.second])
            try await Migrator(database, [Self.first]).migrate()
            var status = try await migrator.status()
            #expect(status.applied == ["001"])
            #expect(status.pending == ["002"])
            try await migrator.migrate()
            status = try await migrator.status()
            #expect(status.applied == ["001", "002"])
            #expect(status.pending.isEmpty)
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `one that fails leaves nothing of itself and all before it`(kind: DatabaseKind)
        async throws
    {
        try await empty(kind) { database in
            await #expect(throws: DatabaseError.self) {
                try await Migrator(database, [Self.first, Self.broken]).migrate()
            }
            #expect(try await rows(database) == 1)
            await #expect(throws: DatabaseError.self) {
                try await database.query("SELECT * FROM three")
            }
            let status = try await Migrator(database, [Self.first, Self.broken]).status()
            #expect(status.pending == ["003"])
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `a newer build's database is refused untouched`(kind: DatabaseKind) async throws {
        try await empty(kind) { database in
            try await Migrator(database, [Self.first, Self.second]).migrate()
            let error = await #expect(throws: DatabaseError.self) {
                try await Migrator(database, [Self.first]).migrate()
            }
            #expect(error == .newerSchema(found: "002"))
            #expect(
                error?.description
                    == "the database has the migration '002', which this build does not know")
            #expect(error?.hint == "run the newer hogsend that made it")
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `instances that start at once apply each once`(kind: DatabaseKind) async throws {
        for _ in 0..<10 {
            try await kind.make { empty in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            let database = try await empty.open()
                            try await Migrator(database, [Self.first, Self.second]).migrate()
                            await database.close()
                        }
                    }
                    try await group.waitForAll()
                }
                let database = try await empty.open()
                #expect(try await rows(database) == 1)
                await database.close()
            }
        }
    }

    /// It starts without the right to make tables.
    @Test(arguments: DatabaseKind.allCases)
    func `one that is up to date is not written to`(kind: DatabaseKind) async throws {
        try await empty(kind) { database in
            try await Migrator(database, [Self.first]).migrate()
            let looking = ReadOnlyDatabase(database)
            try await Migrator(looking, [Self.first]).migrate()
            await #expect(throws: DatabaseError.self) {
                try await Migrator(looking, [Self.first, Self.second]).migrate()
            }
        }
    }
}

/// Passes questions on and refuses everything else.
private struct ReadOnlyDatabase: Database {
    static let refusal = DatabaseError.failed(reason: "read only")

    let database: any Database
    var dialect: SQLDialect { database.dialect }

    init(_ database: any Database) { self.database = database }

    func query(_ sql: String, _ parameters: [SQLValue]) async throws(DatabaseError) -> [SQLRow] {
        guard sql.hasPrefix("SELECT") else { throw Self.refusal }
        return try await database.query(sql, parameters)
    }

    func transaction(_ statements: [SQLStatement]) async throws(DatabaseError) -> [[SQLRow]] {
        throw Self.refusal
    }

    func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow] {
        throw Self.refusal
    }

    func changes() async -> AsyncStream<Void> { await database.changes() }

    func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        throw Self.refusal
    }

    func close() async {}
}
