import CPostgres

/// The rows of one statement, each value as ``SQLValue`` has it.
struct PostgresResult {
    private static let boolean: Oid = 16
    private static let integers: Set<Oid> = [20, 21, 23]
    private static let timestamps: Set<Oid> = [1114, 1184]

    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    var rows: [SQLRow] {
        let columns = (0..<PQnfields(result)).map { column in
            (
                name: PQfname(result, column).map { String(cString: $0) } ?? "",
                type: PQftype(result, column)
            )
        }
        let names = columns.map(\.name)
        return (0..<PQntuples(result)).map { row in
            SQLRow(
                names: names,
                columns.indices.map { value(row, Int32($0), columns[$0].type) })
        }
    }

    private func value(_ row: Int32, _ column: Int32, _ type: Oid) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column)
        else { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: start, count: Int(PQgetlength(result, row, column)))
        let text = String(decoding: bytes, as: UTF8.self)
        if Self.integers.contains(type) { return Int64(text).map { .integer($0) } ?? .text(text) }
        if type == Self.boolean { return .integer(text == "t" ? 1 : 0) }
        return .text(Self.timestamps.contains(type) ? Self.iso8601(text) : text)
    }

    /// `2026-01-02 03:04:05.678901+00` as every other date of this program is written.
    ///
    /// What no four digits can spell (`infinity`, years before Christ) stays as it is.
    static func iso8601(_ text: String) -> String {
        let bytes = text.utf8
        guard bytes.count >= 19, bytes.dropFirst(10).first == UInt8(ascii: " ") else { return text }
        let second = "\(text.prefix(10))T\(text.dropFirst(11).prefix(8))"
        let rest = text.dropFirst(19)
        let zone = rest.drop { $0 == "." || $0.isWholeNumber }
        guard zone.isEmpty || zone == "+00" else { return text }
        let fraction = rest.dropLast(zone.count)
        // Milliseconds are padded, microseconds rounded.
        if fraction.count <= 4 {
            return second + (fraction + (fraction.isEmpty ? ".000" : "000")).prefix(4) + "Z"
        }
        return Date(iso8601: second + fraction + "Z")?.iso8601 ?? text
    }
}
