import Engine

/// A database that does so many statements, and from then on none, as after a crash.
struct CrashingStore: Database {
    private let database: any Database
    private let limit: Int
    private let done = Locked(0)

    init(_ database: any Database, after limit: Int) {
        self.database = database
        self.limit = limit
    }

    var isCrashed: Bool { done.withLock { $0 >= limit } }
    var dialect: SQLDialect { database.dialect }

    func query(_ sql: String, _ parameters: [SQLValue]) async throws(DatabaseError) -> [SQLRow] {
        try await counting { () async throws(DatabaseError) -> [SQLRow] in
            try await database.query(sql, parameters)
        }
    }

    func transaction(_ statements: [SQLStatement]) async throws(DatabaseError) -> [[SQLRow]] {
        try await counting { () async throws(DatabaseError) -> [[SQLRow]] in
            try await database.transaction(statements)
        }
    }

    func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow] {
        try await counting { () async throws(DatabaseError) -> [SQLRow] in
            try await database.publish(statement)
        }
    }

    func changes() async -> AsyncStream<Void> { await database.changes() }

    func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        try await database.lock(name, lease: lease, patience: patience)
    }

    func close() async {}

    /// The last statement is done, and its answer lost.
    private func counting<Rows>(
        _ body: () async throws(DatabaseError) -> Rows
    ) async throws(DatabaseError) -> Rows {
        guard !isCrashed else { throw .unavailable(reason: "a crash") }
        let rows = try await body()
        let number = done.withLock { count in
            count += 1
            return count
        }
        guard number < limit else { throw .unavailable(reason: "a crash") }
        return rows
    }
}
