import CSQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The raw handle and its prepared statements, on one thread at a time.
final class SQLiteConnection {
    private static let busyMilliseconds: Int32 = 10_000
    private static let truncatingMilliseconds: Int32 = 500

    private let handle: OpaquePointer
    private var prepared: [String: SQLiteStatement] = [:]
    private var last: (sql: String, statement: SQLiteStatement)?

    init(path: String) throws(DatabaseError) {
        // A new file is private from the start, and WAL and index files get its mode. Not with
        // `umask`, which belongs to every thread, and without a descriptor: closing one would drop
        // the locks that other connections of this process hold on the file.
        let isFile = path != ":memory:"
        if isFile { mknod(path, S_IFREG | 0o600, 0) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK, let handle else {
            let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw .cannotOpen(path: path, reason: reason)
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, Self.busyMilliseconds)
    }

    func makePrivate() {
        guard let path = sqlite3_db_filename(handle, nil), path.pointee != 0 else { return }
        chmod(path, 0o600)
    }

    deinit {
        (prepared, last) = ([:], nil)
        sqlite3_close_v2(handle)
    }

    /// SQLite waits for other writers, but not here: of two that make one database at once, the
    /// second is refused.
    func useWriteAheadLog() throws(DatabaseError) {
        let sql = "PRAGMA journal_mode=WAL"
        var tries = 0
        while tries < 100, sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_BUSY {
            tries += 1
            usleep(10_000)
        }
        _ = try run(sql, [])
    }

    /// Begins the log anew, in which all that was deleted since still stands; unless others use it
    /// for longer than it is worth to make who stores events wait.
    func truncateLog() {
        sqlite3_busy_timeout(handle, Self.truncatingMilliseconds)
        _ = try? run("PRAGMA wal_checkpoint(TRUNCATE)", [])
        sqlite3_busy_timeout(handle, Self.busyMilliseconds)
    }

    func run(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> [SQLRow] {
        try prepare(sql).run(parameters)
    }

    /// Many of one kind follow one another: the last is known without hashing its text.
    private func prepare(_ sql: String) throws(DatabaseError) -> SQLiteStatement {
        if let last, last.sql == sql { return last.statement }
        let statement: SQLiteStatement
        if let known = prepared[sql] {
            statement = known
        } else {
            statement = try SQLiteStatement(sql, on: handle)
            prepared[sql] = statement
        }
        last = (sql, statement)
        return statement
    }
}
