import CSQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The raw handle and its prepared statements, on one thread at a time.
final class SQLiteConnection {
    private static let busyMilliseconds: Int32 = 10_000

    private let handle: OpaquePointer
    private var prepared: [String: OpaquePointer] = [:]

    init(path: String) throws(DatabaseError) {
        // A new file is private from the start, and WAL and index files get its mode. Not with
        // `umask`, which belongs to every thread, and without a descriptor: closing one would drop
        // the locks that other connections of this process hold on the file.
        let isFile = path != ":memory:"
        if isFile { mknod(path, S_IFREG | 0o600, 0) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
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
        for statement in prepared.values { sqlite3_finalize(statement) }
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

    func run(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> [SQLRow] {
        let statement = try prepare(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        let places = sqlite3_bind_parameter_count(statement)
        guard places == parameters.count else {
            throw .failed(reason: "\(parameters.count) parameters for \(places) places")
        }
        for (index, value) in parameters.enumerated() {
            try bind(value, as: "$\(index + 1)", to: statement)
        }
        return try rows(of: statement)
    }

    private func prepare(_ sql: String) throws(DatabaseError) -> OpaquePointer {
        if let statement = prepared[sql] { return statement }
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        guard let statement else { throw .failed(reason: "an empty statement") }
        prepared[sql] = statement
        return statement
    }

    /// SQLite numbers `$1` by first appearance, so parameters are bound by name.
    private func bind(
        _ value: SQLValue, as name: String, to statement: OpaquePointer
    ) throws(DatabaseError) {
        let index = sqlite3_bind_parameter_index(statement, name)
        guard index > 0 else { throw .failed(reason: "no place for \(name)") }
        switch value {
        case .null: try check(sqlite3_bind_null(statement, index))
        case .integer(let number): try check(sqlite3_bind_int64(statement, index, number))
        case .text(let text):
            let bytes = text.utf8CString
            try check(
                hogsend_sqlite_bind_text(
                    statement, index, Array(bytes), UInt64(bytes.count - 1)))
        }
    }

    private func rows(of statement: OpaquePointer) throws(DatabaseError) -> [SQLRow] {
        var rows: [SQLRow] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(row(of: statement))
            case SQLITE_DONE: return rows
            default: throw .failed(reason: String(cString: sqlite3_errmsg(handle)))
            }
        }
    }

    private func row(of statement: OpaquePointer) -> SQLRow {
        var values: [String: SQLValue] = [:]
        for column in 0..<sqlite3_column_count(statement) {
            guard let name = sqlite3_column_name(statement, column) else { continue }
            values[String(cString: name)] = value(of: statement, at: column)
        }
        return SQLRow(values)
    }

    private func value(of statement: OpaquePointer, at column: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        default:
            guard let text = sqlite3_column_text(statement, column) else { return .null }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(
                String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        }
    }

    private func check(_ code: Int32) throws(DatabaseError) {
        guard code == SQLITE_OK else {
            throw .failed(reason: String(cString: sqlite3_errmsg(handle)))
        }
    }
}
