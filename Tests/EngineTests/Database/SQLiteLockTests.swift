import Engine
import Testing

@Suite("SQLite lock")
struct SQLiteLockTests {
    @Test func `whoever gets it in a crowd lets go when he dies`() async throws {
        let folder = try TemporaryFolder()
        let databases = try await Self.open(8, folder)
        try await withThrowingTaskGroup(of: [Int64?].self) { group in
            for database in databases {
                group.addTask { try await Self.holdOften(database) }
            }
            for try await marks in group { #expect(marks.allSatisfy { $0 == 1 }) }
        }
        for database in databases { await database.close() }
    }

    @Test func `one with a shorter lease takes it from nobody`() async throws {
        let folder = try TemporaryFolder()
        let databases = try await Self.open(2, folder)
        let lock = try await databases[0].lock("a", lease: .seconds(30), patience: .zero)
        await #expect(throws: DatabaseError.lockTimedOut(name: "a")) {
            try await databases[1].lock("a", lease: .seconds(1), patience: .milliseconds(100))
        }
        #expect(await lock.isHeld())
        for database in databases { await database.close() }
    }

    @Test func `a lease from a clock that was set back binds nobody for long`() async throws {
        let folder = try TemporaryFolder()
        let databases = try await Self.open(1, folder)
        let old = try await databases[0].lock("a", lease: .seconds(1), patience: .zero)
        try await databases[0].query(
            "UPDATE hogsend_leases SET expires_at = expires_at + 86400000")
        let lock = try await databases[0].lock("a", lease: .seconds(1), patience: .zero)
        #expect(await lock.isHeld())
        #expect(await !old.isHeld())
        for database in databases { await database.close() }
    }

    private static func open(
        _ count: Int, _ folder: TemporaryFolder
    ) async throws -> [SQLiteDatabase] {
        var databases: [SQLiteDatabase] = []
        for _ in 0..<count { databases.append(try await SQLiteDatabase(path: folder.file())) }
        return databases
    }

    /// Whether the file, which the system unlocks with the holder's end, was held each time.
    private static func holdOften(_ database: SQLiteDatabase) async throws -> [Int64?] {
        var marks: [Int64?] = []
        for _ in 0..<10 {
            let lock = try await database.lock("a", lease: .seconds(30), patience: .seconds(30))
            let rows = try await database.query("SELECT by_file FROM hogsend_leases")
            marks.append(rows.first?.integer("by_file"))
            #expect(await lock.isHeld())
            await lock.release()
        }
        return marks
    }
}
