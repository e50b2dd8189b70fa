import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stops around the statement that stores new tokens, and before the lock is asked for the last
/// time.
struct StoppingDatabase: Database {
    var dialect: SQLDialect { database.dialect }
    let database: any Database
    let stop: Stop

    func query(
        _ sql: String, _ parameters: [SQLValue]
    ) async throws(DatabaseError) -> [SQLRow] {
        try await database.query(sql, parameters)
    }

    func transaction(
        _ statements: [SQLStatement]
    ) async throws(DatabaseError) -> [[SQLRow]] {
        try await database.transaction(statements)
    }

    func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow] {
        guard statement.sql.hasPrefix("UPDATE provider_credentials") else {
            return try await database.publish(statement)
        }
        let isToDie = stop.isAhead(.duringSave)
        if isToDie { stopSoon() }
        let rows = try await database.publish(statement)
        // On a busy machine the other thread is late: this one must not be done before it.
        if isToDie { try? await Task.sleep(for: .seconds(5)) }
        stop.reach(.afterSave)
        return rows
    }

    /// On a thread of its own: this one is in the statement by then.
    private func stopSoon() {
        let stop = stop
        OwnThread.start {
            usleep(.random(in: 0...1500))
            stop.reach(.duringSave)
        }
    }

    func changes() async -> AsyncStream<Void> { await database.changes() }

    func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        StoppingLock(
            lock: try await database.lock(name, lease: lease, patience: patience), stop: stop)
    }

    func close() async { await database.close() }
}

private struct StoppingLock: DatabaseLock {
    let lock: any DatabaseLock
    let stop: Stop

    func isHeld() async -> Bool {
        stop.reach(.beforeSend)
        return await lock.isHeld()
    }

    func release() async { await lock.release() }
}
