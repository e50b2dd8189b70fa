/// PostgreSQL through libpq: a pool for statements, a small one for locks, and a listener.
///
/// It connects when it is first asked for something, and again whenever it must.
package final class PostgresDatabase: Database {
    /// How long a statement waits for a session; a server that is silent is given up before.
    private static let patience = Duration.seconds(10)

    package var dialect: SQLDialect { .postgres }
    private let pool: PostgresPool
    private let lockPool: PostgresPool
    private let listener: PostgresListener

    package init(_ address: PostgresAddress) {
        pool = PostgresPool(address, limit: 8, isUsedBriefly: true)
        lockPool = PostgresPool(address, limit: 4, isUsedBriefly: false)
        listener = PostgresListener(address)
    }

    deinit { listener.end() }

    package func query(
        _ sql: String, _ parameters: [SQLValue]
    ) async throws(DatabaseError) -> [SQLRow] {
        // Reading twice is reading once; a write that may have been done is not done again.
        try await run([SQLStatement(sql, parameters)], mayRepeat: sql.hasPrefix("SELECT")).first
            ?? []
    }

    @discardableResult
    package func transaction(
        _ statements: [SQLStatement]
    ) async throws(DatabaseError) -> [[SQLRow]] {
        try await run(statements)
    }

    @discardableResult
    package func transaction(
        _ statements: [SQLStatement], within limit: Duration
    ) async throws(DatabaseError) -> [[SQLRow]] {
        let longer = SQLStatement(
            "SELECT set_config('statement_timeout', $1, true)", .text("\(limit.milliseconds)"))
        return Array(try await run([longer] + statements, within: limit).dropFirst())
    }

    @discardableResult
    package func publish(_ statement: SQLStatement) async throws(DatabaseError) -> [SQLRow] {
        let notification = SQLStatement("SELECT pg_notify('\(PostgresListener.channel)', '')")
        return try await run([statement, notification]).first ?? []
    }

    package func changes() -> AsyncStream<Void> {
        listener.stream()
    }

    package func lock(
        _ name: String, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> any DatabaseLock {
        try await PostgresLock.acquire(name, from: lockPool, lease: lease, patience: patience)
    }

    /// A lock that is held ends when its holder lets go, and is not waited for.
    package func close() async {
        listener.end()
        await pool.close()
        await lockPool.close()
    }

    private func run(
        _ statements: [SQLStatement], mayRepeat: Bool = false, within limit: Duration? = nil
    ) async throws(DatabaseError) -> [[SQLRow]] {
        var mayRepeat = mayRepeat
        while true {
            let session = try await pool.take(
                within: Self.patience,
                orThrow: .unavailable(reason: "no connection became free in time"))
            do throws(PostgresFailure) {
                let rows = try await session.run(statements, within: limit)
                await pool.giveBack(session)
                return rows
            } catch {
                await settle(session, after: error)
                guard error == .stale || error.isLoss && mayRepeat else { throw error.error }
                mayRepeat = mayRepeat && error == .stale
            }
        }
    }

    private func settle(_ session: PostgresSession, after failure: PostgresFailure) async {
        switch failure {
        case .refused, .outdated: await pool.giveBack(session)
        case .stale, .lost: await pool.discard(session)
        }
    }
}

extension PostgresFailure {
    fileprivate var isLoss: Bool {
        if case .lost = self { true } else { false }
    }
}
