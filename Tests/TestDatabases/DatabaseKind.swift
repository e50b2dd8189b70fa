package import Engine
import Foundation

/// What may keep the data; tests of what holds for all of them run with each.
package enum DatabaseKind: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// Makes an empty database, which `body` may open as often as it likes and closes.
    package func make(_ body: (EmptyDatabase) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let folder = "\(NSTemporaryDirectory())hogsend-database-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await body(EmptyDatabase(address: "sqlite:\(folder)/test.db"))
        case .postgres:
            try await PostgresCluster.shared.value.withDatabase { address in
                try await body(EmptyDatabase(address: address))
            }
        }
    }
}

/// A database that nothing has been done to yet.
package struct EmptyDatabase: Sendable {
    /// What `DATABASE_URL` would say.
    package let address: String

    /// Another connection to it, as another process would have one.
    package func open() async throws -> any Database { try await DatabaseURL(address).open() }
}
