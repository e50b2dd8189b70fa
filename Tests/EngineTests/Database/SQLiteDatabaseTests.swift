import Engine
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("SQLite database")
struct SQLiteDatabaseTests {
    let folder: TemporaryFolder
    var path: String { folder.file() }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func mode(_ path: String) -> UInt32? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return UInt32(status.st_mode) & 0o777
    }

    @Test func `it keeps the database contract`() async throws {
        try await DatabaseContract.check { try await SQLiteDatabase(path: path) }
    }

    // MARK: The file

    @Test func `its files are this user's alone`() async throws {
        let database = try await SQLiteDatabase(path: path)
        try await database.query("CREATE TABLE t (a text)")
        for suffix in ["", "-wal", "-shm"] { #expect(mode(path + suffix) == 0o600) }
        await database.close()
    }

    @Test func `a closed database leaves no log behind, also when its changes were watched`()
        async throws
    {
        for _ in 0..<20 {
            let database = try await SQLiteDatabase(path: path)
            try await database.query("CREATE TABLE IF NOT EXISTS t (a text)")
            let hints = await database.changes()
            for await _ in hints { break }
            await database.close()
            #expect(mode(path + "-wal") == nil)
        }
    }

    @Test func `what was deleted is in no file, once it is to be forgotten`() async throws {
        let database = try await SQLiteDatabase(path: path)
        try await database.query("CREATE TABLE t (a text)")
        let marks = (0..<8).map { "forget me \($0)" }
        for mark in marks {
            let text = String(repeating: mark, count: 300)
            try await database.query("INSERT INTO t VALUES ($1)", .text(text))
        }
        try await database.query("DELETE FROM t")
        await database.forget()
        for suffix in ["", "-wal"] {
            let bytes = try #require(FileManager.default.contents(atPath: path + suffix))
            #expect(bytes.firstRange(of: Data("forget me".utf8)) == nil)
        }
        await database.close()
    }

    @Test func `an older file with a wider mode is narrowed`() async throws {
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(chmod(path, 0o644) == 0)
        let database = try await SQLiteDatabase(path: path)
        try await database.query("CREATE TABLE t (a text)")
        for suffix in ["", "-wal", "-shm"] { #expect(mode(path + suffix) == 0o600) }
        await database.close()
    }

    /// The mask belongs to the whole process; other threads make files too.
    @Test func `opening many at once leaves the process's file mask alone`() async throws {
        let before = umask(0o022)
        umask(before)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                let path = folder.file("many-\(number).db")
                group.addTask { try await SQLiteDatabase(path: path).close() }
            }
            try await group.waitForAll()
        }
        let after = umask(before)
        #expect(after == before)
        for number in 0..<40 { #expect(mode(folder.file("many-\(number).db")) == 0o600) }
    }

    @Test(arguments: ["no/such/folder.db", ""])
    func `a file that cannot be is an error with its path`(name: String) async throws {
        let path = folder.file(name)
        let error = await #expect(throws: DatabaseError.self) {
            try await SQLiteDatabase(path: path)
        }
        #expect(error?.code == "database_unavailable")
        #expect(error?.description.contains(path) == true)
        #expect(mode(folder.path) != 0o600)
    }

    @Test func `a file that is no database is refused and stays as it is`() async throws {
        let text = Data(String(repeating: "this is a letter, not a database\n", count: 100).utf8)
        #expect(FileManager.default.createFile(atPath: path, contents: text))
        await #expect(throws: DatabaseError.self) { try await SQLiteDatabase(path: path) }
        #expect(FileManager.default.contents(atPath: path) == text)
    }

    @Test func `data stays when it is closed and opened again`() async throws {
        let first = try await SQLiteDatabase(path: path)
        try await first.query("CREATE TABLE t (a text)")
        try await first.query("INSERT INTO t VALUES ($1)", .text("kept"))
        await first.close()
        let second = try await SQLiteDatabase(path: path)
        #expect(try await second.query("SELECT a FROM t").first?.text("a") == "kept")
        await second.close()
    }

    @Test func `a closed one leaves one file`() async throws {
        let database = try await SQLiteDatabase(path: path)
        try await database.query("CREATE TABLE t (a text)")
        await database.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["test.db"])
    }

    // MARK: Values

    @Test func `a zero byte is a letter like any other`() async throws {
        let database = try await SQLiteDatabase(path: path)
        try await database.query("CREATE TABLE t (a text)")
        for text in ["\0", "a\0b", "a\0", "\0\0\u{1F994}"] {
            try await database.query("DELETE FROM t")
            try await database.query("INSERT INTO t VALUES ($1)", .text(text))
            #expect(try await database.query("SELECT a FROM t").first?.text("a") == text)
        }
        await database.close()
    }

    @Test func `foreign values are texts`() async throws {
        let database = try await SQLiteDatabase(path: path)
        let rows = try await database.query(
            "SELECT 1.5 AS real, x'41C3A9' AS blob, x'FF' AS broken, x'' AS empty")
        let row = try #require(rows.first)
        #expect(row.text("real") == "1.5")
        #expect(row.text("blob") == "A\u{E9}")
        #expect(row.text("broken") == "\u{FFFD}")
        #expect(row.text("empty")?.isEmpty != false)
        await database.close()
    }

    // MARK: Others on the same file

    @Test func `two on one file see each other and wait for each other`() async throws {
        async let opening = SQLiteDatabase(path: path)
        async let alsoOpening = SQLiteDatabase(path: path)
        let (first, second) = try await (opening, alsoOpening)
        try await first.query("CREATE TABLE t (number bigint)")
        try await second.query("INSERT INTO t VALUES (0)")
        let increment = SQLStatement("UPDATE t SET number = number + 1")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for database in [first, second] {
                for _ in 0..<50 {
                    group.addTask { try await database.transaction([increment]) }
                    group.addTask { try await database.query(increment.sql) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await first.query("SELECT number FROM t").first?.integer("number") == 200)
        await first.close()
        #expect(try await second.query("SELECT number FROM t").first?.integer("number") == 200)
        await second.close()
    }

    @Test func `many open one new file at once`() async throws {
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let database = try await SQLiteDatabase(path: path)
                    try await database.query("CREATE TABLE IF NOT EXISTS t (a text)")
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
    }
}
