import CSQLite

/// SQLite in WAL mode, one connection on a queue of its own.
package actor SQLiteDatabase: Database {
    private let executor = BlockingExecutor(label: "hogsend.sqlite")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    package nonisolated var dialect: SQLDialect { .sqlite }
    let path: String
    private let listeners = ChangeListeners()
    private var connection: SQLiteConnection?
    private var watching: Task<Void, Never>?

    /// Opens, or makes, the database with mode 0600.
    package init(path: String) async throws(DatabaseError) {
        self.path = path
        try await open()
    }

    private func open() async throws(DatabaseError) {
        let connection = try SQLiteConnection(path: path)
        do throws(DatabaseError) {
            try connection.useWriteAheadLog()
            // FULL: an acknowledged event must survive a power cut. Indexes change the same pages
            // again and again, so that a longer log is copied into the database at less cost, and
            // 8 MB of them are kept at hand. What is deleted is overwritten, which not every build
            // of SQLite does by itself.
            for pragma in [
                "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=4000",
                "cache_size=-8000", "secure_delete=ON",
            ] {
                _ = try connection.run("PRAGMA \(pragma)", [])
            }
        } catch .failed(let reason) {
            throw .cannotOpen(path: path, reason: reason)
        }
        // An earlier run may have made it with a wider mode; only now is it known to be a database.
        connection.makePrivate()
        self.connection = connection
    }

    package func query(
        _ sql: String, _ parameters: [SQLValue]
    ) throws(DatabaseError) -> [SQLRow] {
        try live().run(sql, parameters)
    }

    package func read(
        _ statements: [SQLStatement]
    ) throws(DatabaseError) -> [[SQLRow]] {
        let connection = try live()
        var rows: [[SQLRow]] = []
        for statement in statements {
            rows.append(try connection.run(statement.sql, statement.parameters))
        }
        return rows
    }

    @discardableResult
    package func transaction(
        _ statements: [SQLStatement]
    ) throws(DatabaseError) -> [[SQLRow]] {
        let connection = try live()
        _ = try connection.run("BEGIN IMMEDIATE", [])
        do throws(DatabaseError) {
            let rows = try read(statements)
            _ = try connection.run("COMMIT", [])
            return rows
        } catch {
            _ = try? connection.run("ROLLBACK", [])
            throw error
        }
    }

    @discardableResult
    package func publish(_ statement: SQLStatement) throws(DatabaseError) -> [SQLRow] {
        let rows = try query(statement.sql, statement.parameters)
        // `data_version` does not count what this connection writes.
        listeners.tell()
        return rows
    }

    package func changes() -> AsyncStream<Void> {
        if watching == nil { watching = Task { await watch() } }
        return listeners.stream()
    }

    /// Asks four times a second whether another connection has written; what was written before the
    /// first time was heard by nobody, so that one hint is given for it.
    private func watch() async {
        var seen: Int64?
        while !Task.isCancelled, connection != nil {
            let version = try? connection?.run("PRAGMA data_version", [])
                .first?.integer("data_version")
            if let version, version != seen { listeners.tell() }
            seen = version ?? seen
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    package func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        try await SQLiteLock.acquire(name, in: self, lease: lease, patience: patience)
    }

    package func forget() async { connection?.truncateLog() }

    /// The last connection to close takes the log away, so that no task may hold this one.
    package func close() async {
        watching?.cancel()
        listeners.end()
        connection = nil
        await watching?.value
    }

    private func live() throws(DatabaseError) -> SQLiteConnection {
        guard let connection else { throw .failed(reason: "it is closed") }
        return connection
    }
}
