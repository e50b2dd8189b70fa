/// The table `provider_credentials`; it writes what it is given and decides nothing.
package struct CredentialStore: Sendable {
    package static let migration = Migration(
        "0001_provider_credentials",
        """
        CREATE TABLE IF NOT EXISTS provider_credentials (
            id uuid PRIMARY KEY, provider_id text NOT NULL, kind text NOT NULL DEFAULT 'oauth',
            payload text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
            UNIQUE (provider_id, kind))
        """)

    private static let columns = "provider_id, kind, payload, created_at, updated_at"

    private let database: any Database
    private let sealer: CredentialSealer

    package init(_ database: any Database, sealer: CredentialSealer) {
        self.database = database
        self.sealer = sealer
    }

    package func load(
        _ provider: ProviderID, _ kind: CredentialKind
    ) async throws(DatabaseError) -> StoredCredential? {
        try await database.query(
            "SELECT \(Self.columns) FROM provider_credentials WHERE provider_id = $1 AND kind = $2",
            .text(provider.rawValue), .text(kind.rawValue)
        ).compactMap(credential).first
    }

    package func all(_ kind: CredentialKind) async throws(DatabaseError) -> [StoredCredential] {
        try await database.query(
            "SELECT \(Self.columns) FROM provider_credentials WHERE kind = $1 ORDER BY provider_id",
            .text(kind.rawValue)
        ).compactMap(credential)
    }

    /// Makes the row or replaces what it holds.
    package func save(
        _ provider: ProviderID, _ kind: CredentialKind, _ contents: JSONValue
    ) async throws(DatabaseError) -> StoredCredential? {
        try await write(
            provider, kind, contents,
            onConflict: "DO UPDATE SET payload = excluded.payload, updated_at = excluded.updated_at"
        )
    }

    /// Makes the row; nil when there is one already, which stays as it is.
    package func saveIfAbsent(
        _ provider: ProviderID, _ kind: CredentialKind, _ contents: JSONValue
    ) async throws(DatabaseError) -> StoredCredential? {
        try await write(provider, kind, contents, onConflict: "DO NOTHING")
    }

    private func write(
        _ provider: ProviderID, _ kind: CredentialKind, _ contents: JSONValue, onConflict: String
    ) async throws(DatabaseError) -> StoredCredential? {
        let now = SQLValue.text(Date().iso8601)
        return try await database.query(
            """
            INSERT INTO provider_credentials (id, \(Self.columns))
            VALUES ($1, $2, $3, $4, $5, $5)
            ON CONFLICT (provider_id, kind) \(onConflict) RETURNING \(Self.columns)
            """,
            .text(UUID().uuidString.lowercased()), .text(provider.rawValue), .text(kind.rawValue),
            .text(try seal(contents, provider, kind)), now
        ).compactMap(credential).first
    }

    /// Replaces what the row holds, unless someone else has changed it since; answers whether.
    package func swap(
        _ stored: StoredCredential, for contents: JSONValue
    ) async throws(DatabaseError) -> Bool {
        try await !database.query(
            """
            UPDATE provider_credentials SET payload = $1, updated_at = $2
            WHERE provider_id = $3 AND kind = $4 AND payload = $5 RETURNING id
            """,
            .text(try seal(contents, stored.provider, stored.kind)), .text(Date().iso8601),
            .text(stored.provider.rawValue), .text(stored.kind.rawValue), .text(stored.payload)
        ).isEmpty
    }

    /// Removes every kind, without opening any; answers whether there was one.
    package func delete(_ provider: ProviderID) async throws(DatabaseError) -> Bool {
        try await !database.query(
            "DELETE FROM provider_credentials WHERE provider_id = $1 RETURNING id",
            .text(provider.rawValue)
        ).isEmpty
    }

    private func seal(
        _ contents: JSONValue, _ provider: ProviderID, _ kind: CredentialKind
    ) throws(DatabaseError) -> String {
        do {
            return try sealer.seal(contents.encoded(), provider: provider, kind: kind)
        } catch {
            throw .failed(reason: "the row could not be sealed: \(error.reason)")
        }
    }

    @Sendable private func credential(_ row: SQLRow) -> StoredCredential? {
        guard let provider = row.text("provider_id").map(ProviderID.init(rawValue:)),
            let kind = row.text("kind").flatMap(CredentialKind.init(rawValue:)),
            let payload = row.text("payload")
        else { return nil }
        return StoredCredential(
            provider: provider, kind: kind, createdAt: row.text("created_at") ?? "",
            updatedAt: row.text("updated_at") ?? "",
            contents: sealer.open(payload, provider: provider, kind: kind)
                .flatMap { JSONValue(decoding: $0) },
            payload: payload)
    }
}
