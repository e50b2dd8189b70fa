/// An advisory lock that lives as long as a transaction does, on a session of its own.
///
/// The server frees it when the session ends: at once when the holder dies, and when the lease is
/// over by its limit for transactions that do nothing.
final class PostgresLock: DatabaseLock {
    private let session: Locked<PostgresSession?>
    private let pool: PostgresPool
    private let end: ContinuousClock.Instant

    private init(
        _ session: PostgresSession, _ pool: PostgresPool, until end: ContinuousClock.Instant
    ) {
        self.session = Locked(session)
        self.pool = pool
        self.end = end
    }

    deinit {
        guard let session = session.withLock({ $0 }) else { return }
        Task { [pool] in await Self.finish(session, pool) }
    }

    /// The wait for a free session counts as a wait for the lock.
    static func acquire(
        _ name: String, from pool: PostgresPool, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> PostgresLock {
        let deadline = ContinuousClock.now + patience
        while true {
            let session = try await pool.take(
                within: deadline - .now, orThrow: .lockTimedOut(name: name))
            // No limit at all is what the server would take zero for.
            let left = max(deadline - .now, .milliseconds(1))
            do throws(PostgresFailure) {
                _ = try await session.run(try begin(name, lease, left), within: left)
                return PostgresLock(session, pool, until: .now + lease)
            } catch .stale {
                await pool.discard(session)
            } catch {
                await finish(session, pool)
                throw error.isLockTimeout ? .lockTimedOut(name: name) : error.error
            }
        }
    }

    private static func begin(
        _ name: String, _ lease: Duration, _ patience: Duration
    ) throws(PostgresFailure) -> [SQLStatement] {
        [
            SQLStatement("BEGIN"),
            SQLStatement(
                """
                SELECT set_config('idle_in_transaction_session_timeout', $1, true),
                    set_config('lock_timeout', $2, true), set_config('statement_timeout', '0', true)
                """, .text("\(lease.milliseconds)"), .text("\(max(1, patience.milliseconds))")),
            SQLStatement("SELECT pg_advisory_xact_lock($1)", .integer(try key(name))),
        ]
    }

    /// The same in every build and on every machine.
    private static func key(_ name: String) throws(PostgresFailure) -> Int64 {
        do {
            let digest = try SHA256.hash("hogsend:\(name)".utf8)
            return Int64(bitPattern: digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        } catch {
            throw .refused(.failed(reason: "the lock's key could not be made"), state: "")
        }
    }

    /// The question starts the server's clock anew, so that it is set to what is left of the lease.
    func isHeld() async -> Bool {
        let left = end - .now
        guard left > .zero, let session = session.withLock({ $0 }) else { return false }
        let question = SQLStatement(
            "SELECT set_config('idle_in_transaction_session_timeout', $1, true)",
            .text("\(max(1, left.milliseconds))"))
        let answer = try? await session.run([question])
        return answer != nil && .now < end
    }

    func release() async {
        let session = session.withLock { session in
            defer { session = nil }
            return session
        }
        if let session { await Self.finish(session, pool) }
    }

    /// Ends the transaction and gives the session back, unless it is gone.
    private static func finish(_ session: PostgresSession, _ pool: PostgresPool) async {
        do throws(PostgresFailure) {
            _ = try await session.run([SQLStatement("ROLLBACK")])
            await pool.giveBack(session)
        } catch {
            await pool.discard(session)
        }
    }
}

extension PostgresFailure {
    fileprivate var isLockTimeout: Bool {
        if case .refused(_, let state) = self { state == Self.lockNotAvailable } else { false }
    }
}
