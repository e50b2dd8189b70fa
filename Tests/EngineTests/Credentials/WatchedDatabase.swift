import Engine

/// A database whose statements are seen before they run, and may fail by what is said then.
struct WatchedDatabase: Database {
    var dialect: SQLDialect { database.dialect }
    let database: any Database
    /// Called with each statement, and with `LOCK` and `HELD` for what asks a lock.
    let before: @Sendable (String) async throws -> Void
    /// Called after each statement that succeeded.
    var after: @Sendable (String) async throws -> Void = { _ in }

    func query(_ sql: String, _ parameters: [SQLValue]) async throws(DatabaseError) -> [SQLRow] {
        try await call(before, sql)
        let rows = try await database.query(sql, parameters)
        try await call(after, sql)
        return rows
    }

    func transaction(_ statements: [SQLStatement]) async throws(DatabaseError) -> [[SQLRow]] {
        for statement in statements { try await call(before, statement.sql) }
        return try await database.transaction(statements)
    }

    func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow] {
        try await call(before, statement.sql)
        let rows = try await database.publish(statement)
        try await call(after, statement.sql)
        return rows
    }

    func changes() async -> AsyncStream<Void> { await database.changes() }

    func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        try await call(before, "LOCK")
        return WatchedLock(
            lock: try await database.lock(name, lease: lease, patience: patience), before: before)
    }

    func close() async { await database.close() }

    private func call(
        _ watcher: @Sendable (String) async throws -> Void, _ sql: String
    ) async throws(DatabaseError) {
        do {
            try await watcher(sql)
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw .failed(reason: "the watcher failed: \(error)")
        }
    }
}

private struct WatchedLock: DatabaseLock {
    let lock: any DatabaseLock
    let before: @Sendable (String) async throws -> Void

    func isHeld() async -> Bool {
        guard (try? await before("HELD")) != nil else { return false }
        return await lock.isHeld()
    }

    func release() async { await lock.release() }
}

extension String {
    /// Whether the statement stores new tokens.
    var isSwap: Bool { hasPrefix("UPDATE provider_credentials") }
    /// Whether the statement notes that they are stored.
    var isNote: Bool { hasPrefix("UPDATE hogsend_token_refreshes") }
}
