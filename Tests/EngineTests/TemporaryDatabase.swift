import Engine
import TestDatabases

/// Opens a migrated database, lets `body` act on it, and removes it.
func withDatabase(
    _ kind: DatabaseKind = .sqlite, _ body: (any Database) async throws -> Void
) async throws {
    try await kind.make { empty in
        let database = try await empty.open()
        do {
            try await Migrator(database, Instance.migrations).migrate()
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
