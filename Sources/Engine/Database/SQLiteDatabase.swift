import CSQLite

/// SQLite in WAL mode, one connection on a queue of its own.
package actor SQLiteDatabase: Database {
    private let executor = BlockingExecutor(label: "hogsend.sqlite")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private let path: String
    private var connection: SQLiteConnection?

    /// Opens, or makes, the database with mode 0600.
    package init(path: String) async throws(DatabaseError) {
        self.path = path
        try await open()
    }

    private func open() async throws(DatabaseError) {
        let connection = try SQLiteConnection(path: path)
        do throws(DatabaseError) {
            try connection.useWriteAheadLog()
            // FULL: an acknowledged event must survive a power cut.
            for pragma in ["synchronous=FULL", "foreign_keys=ON"] {
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

    package func transaction(_ statements: [SQLStatement]) throws(DatabaseError) {
        let connection = try live()
        _ = try connection.run("BEGIN IMMEDIATE", [])
        do throws(DatabaseError) {
            for statement in statements {
                _ = try connection.run(statement.sql, statement.parameters)
            }
            _ = try connection.run("COMMIT", [])
        } catch {
            _ = try? connection.run("ROLLBACK", [])
            throw error
        }
    }

    package func close() {
        connection = nil
    }

    private func live() throws(DatabaseError) -> SQLiteConnection {
        guard let connection else { throw .failed(reason: "it is closed") }
        return connection
    }
}
