/// A database that holds what the instance must not lose.
///
/// One SQL text serves SQLite and PostgreSQL: parameters are `$1`, `$2`, …
package protocol Database: Sendable {
    /// In what the two differ, where one text cannot serve both.
    var dialect: SQLDialect { get }

    /// Runs one statement and brings back its rows.
    @discardableResult
    func query(_ sql: String, _ parameters: [SQLValue]) async throws(DatabaseError) -> [SQLRow]

    /// Runs statements that only read, in one go, and brings back the rows of each.
    func read(_ statements: [SQLStatement]) async throws(DatabaseError) -> [[SQLRow]]

    /// Runs all statements or none, and brings back the rows of each.
    @discardableResult
    func transaction(_ statements: [SQLStatement]) async throws(DatabaseError) -> [[SQLRow]]

    /// The same for what takes long, such as an index on a large table: each statement may take `limit`.
    @discardableResult
    func transaction(
        _ statements: [SQLStatement], within limit: Duration
    ) async throws(DatabaseError) -> [[SQLRow]]

    /// Runs one statement and tells everyone who listens to `changes`, in any process.
    @discardableResult
    func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow]

    /// Says "something may have changed" within a second of what any process published.
    ///
    /// A hint that may be lost, and that may come for nothing; it ends when the database is closed.
    func changes() async -> AsyncStream<Void>

    /// Takes the lock `name`, which one holder in all processes of this database has at a time.
    ///
    /// A holder that dies lets go at once; one that hangs, after `lease` at the latest. Throws
    /// ``DatabaseError/lockTimedOut(name:)`` when it is not to be had within `patience`.
    func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock

    /// Takes what was deleted out of the files, as far as that is not the database's own affair.
    func forget() async

    /// Finishes what runs and closes.
    func close() async
}

/// A lock that is held until it is released, or until its lease has run out.
package protocol DatabaseLock: Sendable {
    /// Asks the database, not the clock alone: a stopped process does not know how long it slept.
    func isHeld() async -> Bool
    func release() async
}

package enum SQLDialect: Sendable {
    case sqlite
    case postgres
}

extension Database {
    package func forget() async {}

    /// Where a statement has no limit of its own.
    @discardableResult
    package func transaction(
        _ statements: [SQLStatement], within limit: Duration
    ) async throws(DatabaseError) -> [[SQLRow]] {
        try await transaction(statements)
    }

    package func read(
        _ statements: [SQLStatement]
    ) async throws(DatabaseError) -> [[SQLRow]] {
        try await transaction(statements)
    }

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

    package init(_ sql: String, _ parameters: [SQLValue]) {
        self.sql = sql
        self.parameters = parameters
    }

    package init(_ sql: String, _ parameters: SQLValue...) {
        self.init(sql, parameters)
    }
}

package enum SQLValue: Sendable, Equatable {
    case null
    case text(String)
    case integer(Int64)
    /// An array of PostgreSQL's; SQLite has none.
    case texts([String])
}

/// One row, by column name; the names are shared by all rows of a statement.
package struct SQLRow: Sendable, Equatable {
    private let names: [String]
    private let values: [SQLValue]

    init(names: [String], _ values: [SQLValue]) {
        self.names = names
        self.values = values
    }

    /// Of two columns with one name, the last.
    private subscript(_ column: String) -> SQLValue? {
        names.lastIndex(of: column).map { values[$0] }
    }

    package func text(_ column: String) -> String? {
        if case .text(let text) = self[column] { text } else { nil }
    }

    /// The text in the column that stands before this one.
    package func text(before column: String) -> String? {
        guard let place = names.lastIndex(of: column), place > 0,
            case .text(let text) = values[place - 1]
        else { return nil }
        return text
    }

    package func integer(_ column: String) -> Int64? {
        if case .integer(let number) = self[column] { number } else { nil }
    }
}
