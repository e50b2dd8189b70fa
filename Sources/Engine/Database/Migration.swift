/// One step of the schema, applied once and recorded.
package struct Migration: Sendable {
    package let id: String
    private let sqlite: [String]
    private let postgres: [String]

    package init(_ id: String, _ statements: String...) {
        self.init(id, sqlite: statements, postgres: statements)
    }

    package init(_ id: String, sqlite: [String], postgres: [String]) {
        self.id = id
        self.sqlite = sqlite
        self.postgres = postgres
    }

    func statements(for dialect: SQLDialect) -> [SQLStatement] {
        (dialect == .sqlite ? sqlite : postgres).map { SQLStatement($0) }
    }
}

/// Brings a database to the schema that this build needs.
package struct Migrator: Sendable {
    /// What is applied and what is missing, for health.
    package struct Status: Sendable, Equatable {
        package let applied: [String]
        package let pending: [String]
    }

    /// How long one statement may take: an index on millions of rows is made in one.
    private static let limit = Duration.seconds(1800)

    private let database: any Database
    private let migrations: [Migration]

    package init(_ database: any Database, _ migrations: [Migration]) {
        self.database = database
        self.migrations = migrations
    }

    /// Applies what is missing; refuses a database that a newer build has changed.
    ///
    /// Of instances that start at once one does the work, and the others wait. Where nothing is
    /// missing nothing is written, so that the instance needs no right to make tables.
    package func migrate() async throws(DatabaseError) {
        guard try await !pending().isEmpty else { return }
        let lock = try await database.lock(
            "migrations", lease: Self.limit, patience: .seconds(90))
        do throws(DatabaseError) {
            try await applyPending()
        } catch {
            await lock.release()
            throw error
        }
        await lock.release()
    }

    private func applyPending() async throws(DatabaseError) {
        try await database.query(
            "CREATE TABLE IF NOT EXISTS hogsend_migrations (id text PRIMARY KEY, applied_at text NOT NULL)"
        )
        for migration in try await pending() { try await apply(migration) }
    }

    private func pending() async throws(DatabaseError) -> [Migration] {
        let applied = try await recorded()
        if let unknown = applied.first(where: { id in !migrations.contains { $0.id == id } }) {
            throw .newerSchema(found: unknown)
        }
        return migrations.filter { !applied.contains($0.id) }
    }

    /// None where there is no table of them yet.
    private func recorded() async throws(DatabaseError) -> [String] {
        do throws(DatabaseError) {
            return try await applied()
        } catch {
            guard case .failed = error else { throw error }
            return []
        }
    }

    package func status() async throws(DatabaseError) -> Status {
        let applied = try await applied()
        return Status(
            applied: applied, pending: migrations.map(\.id).filter { !applied.contains($0) })
    }

    private func applied() async throws(DatabaseError) -> [String] {
        try await database.query("SELECT id FROM hogsend_migrations ORDER BY id")
            .compactMap { $0.text("id") }
    }

    /// The record goes in first: of two whose lease of the lock ran out on the way, one waits and
    /// then fails on it, and finds the work done.
    private func apply(_ migration: Migration) async throws(DatabaseError) {
        let record = SQLStatement(
            "INSERT INTO hogsend_migrations (id, applied_at) VALUES ($1, $2)",
            .text(migration.id), .text(Date().iso8601))
        do throws(DatabaseError) {
            try await database.transaction(
                [record] + migration.statements(for: database.dialect), within: Self.limit)
        } catch {
            guard try await applied().contains(migration.id) else { throw error }
        }
    }
}
