import Engine
import Foundation
import Testing

/// A folder that ends with the test.
struct TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "\(NSTemporaryDirectory())hogsend-engine-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Opens a migrated database, lets `body` act on it, and removes it.
func withDatabase(_ body: (SQLiteDatabase) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let database = try await SQLiteDatabase(path: "\(folder.path)/test.db")
    try await Migrator(database, Instance.migrations).migrate()
    do {
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}
