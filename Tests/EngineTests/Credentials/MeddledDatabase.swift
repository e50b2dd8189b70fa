import Engine

/// A database in which somebody else writes first, as long as there are acts left.
struct MeddledDatabase: Database {
    private let database: any Database
    var dialect: SQLDialect { database.dialect }
    private let acts: Locked<[@Sendable () async throws -> Void]>

    init(_ database: any Database, _ acts: [@Sendable () async throws -> Void]) {
        self.database = database
        self.acts = Locked(acts)
    }

    func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow] {
        let act = acts.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        do {
            try await act?()
        } catch {
            throw .failed(reason: "the meddler failed: \(error)")
        }
        return try await database.publish(statement)
    }

    func query(_ sql: String, _ parameters: [SQLValue]) async throws(DatabaseError) -> [SQLRow] {
        try await database.query(sql, parameters)
    }

    func transaction(_ statements: [SQLStatement]) async throws(DatabaseError) -> [[SQLRow]] {
        try await database.transaction(statements)
    }

    func changes() async -> AsyncStream<Void> { await database.changes() }

    func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        try await database.lock(name, lease: lease, patience: patience)
    }

    func close() async { await database.close() }
}
