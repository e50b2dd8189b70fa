import Engine
import PostgresCluster
import Testing

@Suite("PostgreSQL database")
struct PostgresDatabaseTests {
    /// A database of its own, open, and its address.
    private func open(
        _ parameters: String = "",
        _ body: (PostgresDatabase, String) async throws -> Void
    ) async throws {
        try await PostgresCluster.shared.value.withDatabase { address in
            let database = PostgresDatabase(try PostgresAddress(address + parameters))
            try await body(database, address)
            await database.close()
        }
    }

    @Test func `it keeps the database contract`() async throws {
        try await PostgresCluster.shared.value.withDatabase { address in
            try await DatabaseContract.check { PostgresDatabase(try PostgresAddress(address)) }
        }
    }
}
