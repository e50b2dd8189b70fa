/// A lock between processes on one SQLite file: a file lock for those who die, a lease for those
/// who hang.
///
/// The lease, a row, decides who holds it. `flock` says whether a holder is alive: the system drops
/// it with the process. One who takes over an expired lease may not get the file lock, which the
/// hanging process keeps; such a holder is known by `by_file` being 0, and is waited for until its
/// lease ends.
final class SQLiteLock: DatabaseLock {
    private static let clockTolerance: Int64 = 60_000

    private let name: String
    private let owner: String
    private let database: SQLiteDatabase
    private let file: LockFile?

    private init(_ name: String, _ owner: String, _ database: SQLiteDatabase, _ file: LockFile?) {
        self.name = name
        self.owner = owner
        self.database = database
        self.file = file
    }

    static func acquire(
        _ name: String, in database: SQLiteDatabase, lease: Duration, patience: Duration
    ) async throws(DatabaseError) -> SQLiteLock {
        try await database.query(
            """
            CREATE TABLE IF NOT EXISTS hogsend_leases (name text PRIMARY KEY, owner text NOT NULL,
                by_file integer NOT NULL, expires_at integer NOT NULL,
                milliseconds integer NOT NULL)
            """)
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            if let lock = try await attempt(name, in: database, lease: lease) { return lock }
            guard clock.now < deadline, !Task.isCancelled else { throw .lockTimedOut(name: name) }
            try? await clock.sleep(for: .milliseconds(Int.random(in: 10...40)))
        }
    }

    private static func attempt(
        _ name: String, in database: SQLiteDatabase, lease: Duration
    ) async throws(DatabaseError) -> SQLiteLock? {
        let owner = UUID().uuidString
        let file = database.lockPath(name).flatMap { LockFile($0) }
        let milliseconds = Int64(lease.milliseconds)
        // A lease that ends long after it could comes from a clock that was set back. Long after:
        // the statement may run later than one whose time was taken later.
        let rows = try await database.query(
            """
            INSERT INTO hogsend_leases (name, owner, by_file, expires_at, milliseconds)
            VALUES ($1, $2, $3, $4 + $5, $5)
            ON CONFLICT (name) DO UPDATE
                SET owner = excluded.owner, by_file = excluded.by_file,
                    expires_at = excluded.expires_at, milliseconds = excluded.milliseconds
                WHERE hogsend_leases.expires_at <= $4
                    OR hogsend_leases.expires_at > $4 + hogsend_leases.milliseconds + $6
                    OR ($3 = 1 AND hogsend_leases.by_file = 1)
            RETURNING owner
            """,
            .text(name), .text(owner), .integer(file == nil ? 0 : 1), .integer(now()),
            .integer(milliseconds), .integer(clockTolerance))
        if rows.isEmpty { return nil }
        let kept = file == nil ? try await fileAfterAll(name, owner, in: database) : file
        return SQLiteLock(name, owner, database, kept)
    }

    /// The file lock for one who has the lease: often only another's brief attempt was in the way.
    private static func fileAfterAll(
        _ name: String, _ owner: String, in database: SQLiteDatabase
    ) async throws(DatabaseError) -> LockFile? {
        guard let path = database.lockPath(name) else { return nil }
        for _ in 0..<20 {
            if let file = LockFile(path) {
                try await database.query(
                    "UPDATE hogsend_leases SET by_file = 1 WHERE name = $1 AND owner = $2",
                    .text(name), .text(owner))
                return file
            }
            try? await Task.sleep(for: .milliseconds(.random(in: 1...5)))
        }
        return nil
    }

    func isHeld() async -> Bool {
        let rows = try? await database.query(
            "SELECT owner FROM hogsend_leases WHERE name = $1 AND owner = $2 AND expires_at > $3",
            .text(name), .text(owner), .integer(Self.now()))
        return rows?.isEmpty == false
    }

    /// The lease goes first, so that nobody finds the file free and the lease taken.
    func release() async {
        _ = try? await database.query(
            "DELETE FROM hogsend_leases WHERE name = $1 AND owner = $2", .text(name), .text(owner))
        file?.unlock()
    }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}

extension SQLiteDatabase {
    /// Beside the database; a digest, for a name may hold what no file's name can.
    fileprivate nonisolated func lockPath(_ name: String) -> String? {
        guard path != ":memory:", let digest = try? SHA256.hash(name.utf8) else { return nil }
        return "\(path).lock-\(Base64URL.encode(digest.prefix(9)))"
    }
}
