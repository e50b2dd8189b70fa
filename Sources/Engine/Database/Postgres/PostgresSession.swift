/// A connection on a queue of its own, for one caller at a time.
actor PostgresSession {
    private let executor = BlockingExecutor(label: "hogsend.postgres")
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private var connection: PostgresConnection?

    func connect(_ address: PostgresAddress) throws(DatabaseError) {
        connection = try PostgresConnection(address)
    }

    func run(
        _ statements: [SQLStatement], within limit: Duration? = nil
    ) throws(PostgresFailure) -> [[SQLRow]] {
        guard let connection, connection.isUsable else { throw .stale }
        return try connection.run(statements, within: limit)
    }

    func close() {
        connection = nil
    }
}
