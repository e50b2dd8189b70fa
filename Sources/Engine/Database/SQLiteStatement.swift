import CSQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A prepared statement, on the thread of its connection.
final class SQLiteStatement {
    private let statement: OpaquePointer
    private let connection: OpaquePointer
    /// SQLite numbers `$1` by first appearance: where each of our parameters goes.
    private let places: [Int32]
    private let names: [String]

    init(_ sql: String, on connection: OpaquePointer) throws(DatabaseError) {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
            throw .failed(reason: String(cString: sqlite3_errmsg(connection)))
        }
        guard let statement else { throw .failed(reason: "an empty statement") }
        self.statement = statement
        self.connection = connection
        let count = sqlite3_bind_parameter_count(statement)
        places = (0..<count).map { sqlite3_bind_parameter_index(statement, "$\($0 + 1)") }
        names = (0..<sqlite3_column_count(statement)).map { column in
            sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
        }
    }

    deinit { sqlite3_finalize(statement) }

    func run(_ parameters: [SQLValue]) throws(DatabaseError) -> [SQLRow] {
        guard places.count == parameters.count else {
            throw .failed(reason: "\(parameters.count) parameters for \(places.count) places")
        }
        let texts = Texts(parameters)
        return try texts.withBytes { bytes throws(DatabaseError) in
            defer {
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
            }
            try bind(parameters, bytes)
            return try rows()
        }
    }

    // MARK: In

    /// All texts one after another, each with a zero at its end, so that SQLite reads them where they
    /// are.
    private struct Texts {
        private var bytes: [CChar] = []

        init(_ values: [SQLValue]) {
            bytes.reserveCapacity(values.reduce(0) { $0 + $1.byteCount + 1 })
            for case .text(let text) in values {
                var text = text
                text.withUTF8 { bytes += UnsafeRawBufferPointer($0).bindMemory(to: CChar.self) }
                bytes.append(0)
            }
        }

        func withBytes<Value>(
            _ body: (UnsafePointer<CChar>?) throws(DatabaseError) -> Value
        ) throws(DatabaseError) -> Value {
            let result: Result<Value, DatabaseError> = bytes.withUnsafeBufferPointer { bytes in
                do throws(DatabaseError) {
                    return .success(try body(bytes.baseAddress))
                } catch {
                    return .failure(error)
                }
            }
            return try result.get()
        }
    }

    private func bind(
        _ values: [SQLValue], _ bytes: UnsafePointer<CChar>?
    ) throws(DatabaseError) {
        var start = 0
        for (place, value) in zip(places, values) {
            guard place > 0 else { throw .failed(reason: "a parameter without a place") }
            switch value {
            case .texts: throw .failed(reason: "SQLite keeps no arrays")
            case .null: try check(sqlite3_bind_null(statement, place))
            case .integer(let number): try check(sqlite3_bind_int64(statement, place, number))
            case .text(let text):
                let (count, first) = (text.utf8.count, bytes?.advanced(by: start))
                // One with a zero in it ends where its length says.
                let isPlain = first.map { strnlen($0, count) == count } ?? false
                try check(
                    hogsend_sqlite_bind_lasting_text(
                        statement, place, first, isPlain ? -1 : Int32(clamping: count)))
                start += count + 1
            }
        }
    }

    // MARK: Out

    private func rows() throws(DatabaseError) -> [SQLRow] {
        var rows: [SQLRow] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                rows.append(SQLRow(names: names, names.indices.map { value(at: Int32($0)) }))
            case SQLITE_DONE: return rows
            default: throw .failed(reason: String(cString: sqlite3_errmsg(connection)))
            }
        }
    }

    private func value(at column: Int32) -> SQLValue {
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
            throw .failed(reason: String(cString: sqlite3_errmsg(connection)))
        }
    }
}

extension SQLValue {
    fileprivate var byteCount: Int {
        if case .text(let text) = self { text.utf8.count } else { 0 }
    }
}
