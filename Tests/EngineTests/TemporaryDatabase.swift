import Engine

/// Opens a migrated database, lets `body` act on it, and removes it.
func withDatabase(_ body: (SQLiteDatabase) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let database = try await SQLiteDatabase(path: folder.file())
    try await Migrator(database, Instance.migrations).migrate()
    do {
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}
