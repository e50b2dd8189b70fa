import Engine
import TestDatabases
import Testing

/// The table as the earlier implementation makes and fills it on PostgreSQL.
@Suite("The earlier table")
struct EarlierTableTests {
    private static let shape = """
        SELECT column_name, data_type, column_default, is_nullable FROM information_schema.columns
        WHERE table_name = 'provider_credentials' ORDER BY ordinal_position
        """

    @Test func `it is used as it is`() async throws {
        try await DatabaseKind.postgres.make { empty in
            let database = try await empty.open()
            try await database.query(
                """
                CREATE TABLE provider_credentials (
                    id uuid PRIMARY KEY, provider_id text NOT NULL,
                    kind text NOT NULL DEFAULT 'oauth', payload text NOT NULL,
                    created_at timestamp with time zone DEFAULT now() NOT NULL,
                    updated_at timestamp with time zone DEFAULT now() NOT NULL)
                """)
            try await database.query(
                "CREATE UNIQUE INDEX u ON provider_credentials (provider_id, kind)")
            try await database.query(
                """
                INSERT INTO provider_credentials (id, provider_id, payload, created_at)
                VALUES (gen_random_uuid(), 'old', 'bm90IG91cnM', '2025-01-02 03:04:05.678901+02')
                """)
            let before = try await database.query(Self.shape)
            try await Migrator(database, Instance.migrations).migrate()
            #expect(try await database.query(Self.shape) == before)
            let store = CredentialStore(
                database, sealer: try CredentialSealer(secret: Secret("s"), previous: []))
            let old = try await store.load("old", .oauth)
            #expect(old?.createdAt == "2025-01-02T01:04:05.679Z")
            #expect(old != nil && old?.contents == nil)
            let saved = try await store.save("acme", .oauth, ["a": 1])
            #expect(saved.contents == ["a": 1])
            #expect(try await store.delete("old"))
            await database.close()
        }
    }
}
