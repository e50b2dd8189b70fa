/// A database that holds what the instance must not lose.
///
/// One SQL text serves SQLite and PostgreSQL: parameters are `$1`, `$2`, …
package protocol Database: Sendable {
    /// Runs one statement and brings back its rows.
    @discardableResult
    func query(_ sql: String, _ parameters: [SQLValue]) async throws(DatabaseError) -> [SQLRow]

    /// Runs all statements or none.
    func transaction(_ statements: [SQLStatement]) async throws(DatabaseError)

    /// Finishes what runs and closes.
    func close() async
}

extension Database {
    @discardableResult
    package func query(
        _ sql: String, _ parameters: SQLValue...
    ) async throws(DatabaseError) -> [SQLRow] {
        try await query(sql, parameters)
    }
}

package struct SQLStatement: Sendable, Equatable {
    package let sql: String
    package let parameters: [SQLValue]

    package init(_ sql: String, _ parameters: SQLValue...) {
        self.sql = sql
        self.parameters = parameters
    }
}

package enum SQLValue: Sendable, Equatable {
    case null
    case text(String)
    case integer(Int64)
}

/// One row, by column name.
package struct SQLRow: Sendable, Equatable {
    private let values: [String: SQLValue]

    init(_ values: [String: SQLValue]) {
        self.values = values
    }

    package func text(_ column: String) -> String? {
        if case .text(let text) = values[column] { text } else { nil }
    }

    package func integer(_ column: String) -> Int64? {
        if case .integer(let number) = values[column] { number } else { nil }
    }
}
