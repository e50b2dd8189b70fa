import Engine
import PostgresCluster

/// What may keep the data; tests of what holds for all of them run with each.
enum DatabaseKind: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// Makes an empty database, which `body` may open as often as it likes and closes.
    func make(_ body: (_ open: OpenDatabase) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let folder = try TemporaryFolder()
            try await body(OpenDatabase(url: try DatabaseURL("sqlite:" + folder.file())))
            withExtendedLifetime(folder) {}
        case .postgres:
            try await PostgresCluster.shared.value.withDatabase { address in
                try await body(OpenDatabase(url: try DatabaseURL(address)))
            }
        }
    }
}

/// Opens the same database as often as it is called, as so many processes would.
struct OpenDatabase: Sendable {
    let url: DatabaseURL

    func callAsFunction() async throws -> any Database { try await url.open() }
}

/// Opens a migrated database, lets `body` act on it, and removes it.
func withDatabase(
    _ kind: DatabaseKind = .sqlite, _ body: (any Database) async throws -> Void
) async throws {
    try await kind.make { open in
        let database = try await open()
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
