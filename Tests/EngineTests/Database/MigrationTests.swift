import Engine
import Testing

@Suite("Migrations")
struct MigrationTests {
    static let first = Migration("001", "CREATE TABLE one (a text)", "INSERT INTO one VALUES ('x')")
    static let second = Migration("002", "ALTER TABLE one ADD COLUMN b text")
    static let broken = Migration("003", "CREATE TABLE three (a text)", "SELEC 1")

    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open() async throws -> SQLiteDatabase {
        try await SQLiteDatabase(path: folder.file())
    }

    private func rows(_ database: any Database) async throws -> Int {
        try await database.query("SELECT * FROM one").count
    }

    @Test func `each is applied once`() async throws {
        let database = try await open()
        for _ in 0..<2 { try await Migrator(database, [Self.first]).migrate() }
        #expect(try await rows(database) == 1)
        for _ in 0..<2 { try await Migrator(database, [Self.first, Self.second]).migrate() }
        try await database.query("SELECT b FROM one")
        #expect(try await rows(database) == 1)
        await database.close()
    }

    @Test func `health sees what is applied and what is missing`() async throws {
        let database = try await open()
        let migrator = Migrator(database, [Self.first, Self.second])
        try await Migrator(database, [Self.first]).migrate()
        var status = try await migrator.status()
        #expect(status.applied == ["001"])
        #expect(status.pending == ["002"])
        try await migrator.migrate()
        status = try await migrator.status()
        #expect(status.applied == ["001", "002"])
        #expect(status.pending.isEmpty)
        await database.close()
    }

    @Test func `one that fails leaves nothing of itself and all before it`() async throws {
        let database = try await open()
        await #expect(throws: DatabaseError.self) {
            try await Migrator(database, [Self.first, Self.broken]).migrate()
        }
        #expect(try await rows(database) == 1)
        await #expect(throws: DatabaseError.self) {
            try await database.query("SELECT * FROM three")
        }
        let status = try await Migrator(database, [Self.first, Self.broken]).status()
        #expect(status.pending == ["003"])
        await database.close()
    }

    @Test func `a newer build's database is refused untouched`() async throws {
        let database = try await open()
        try await Migrator(database, [Self.first, Self.second]).migrate()
        let error = await #expect(throws: DatabaseError.self) {
            try await Migrator(database, [Self.first]).migrate()
        }
        #expect(error == .newerSchema(found: "002"))
        #expect(
            error?.description
                == "the database has the migration '002', which this build does not know")
        #expect(error?.hint == "run the newer hogsend that made it")
        await database.close()
    }

    @Test func `instances that start at once apply each once`() async throws {
        for round in 0..<30 {
            let path = folder.file("round-\(round).db")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let database = try await SQLiteDatabase(path: path)
                        try await Migrator(database, [Self.first, Self.second]).migrate()
                        await database.close()
                    }
                }
                try await group.waitForAll()
            }
            let database = try await SQLiteDatabase(path: path)
            #expect(try await rows(database) == 1)
            await database.close()
        }
    }
}
