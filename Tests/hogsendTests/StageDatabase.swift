import Engine
import TestDatabases

/// What may keep the data of an instance, and where a test's own is.
enum StageDatabase: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// Lets `body` use an empty database, given by what DATABASE_URL says of it.
    func make(_ body: (_ address: String) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            try await body("sqlite:\(folder.path)/hogsend.db")
        case .postgres:
            try await PostgresCluster.shared.value.withDatabase { try await body($0) }
        }
    }

    /// How the table of credentials is made, as the database tells it.
    func shape(of database: any Database) async throws -> [SQLRow] {
        switch self {
        case .sqlite:
            try await database.query(
                "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'provider_credentials'")
        case .postgres:
            try await database.query(
                """
                SELECT column_name, data_type, column_default, is_nullable
                FROM information_schema.columns WHERE table_name = 'provider_credentials'
                UNION ALL SELECT indexname, indexdef, NULL, NULL
                FROM pg_indexes WHERE tablename = 'provider_credentials' ORDER BY 1
                """)
        }
    }
}
