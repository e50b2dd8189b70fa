/// The table `provider_credentials`; it writes what it is given and decides nothing.
///
/// A row is written back in the format in which it is found, and every write is published.
package struct CredentialStore: Sendable {
    package static let migration = Migration(
        "0001_provider_credentials",
        """
        CREATE TABLE IF NOT EXISTS provider_credentials (
            id uuid PRIMARY KEY, provider_id text NOT NULL, kind text NOT NULL DEFAULT 'oauth',
            payload text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
            UNIQUE (provider_id, kind))
        """)

    /// Each failed try means that someone else wrote.
    private static let mostTries = 100

    private let database: any Database
    private let rows: CredentialRows
    var sealer: CredentialSealer { rows.sealer }
    /// Shared by all copies: how often one of them has written, or tried to.
    let writes = WriteCount()

    final class WriteCount: Sendable {
        private let number = Locked(0)
        var count: Int { number.withLock { $0 } }
        func add() { number.withLock { $0 += 1 } }
    }

    package init(_ database: any Database, sealer: CredentialSealer) {
        self.database = database
        rows = CredentialRows(sealer: sealer)
    }

    package func load(
        _ provider: ProviderID, _ kind: CredentialKind
    ) async throws(DatabaseError) -> StoredCredential? {
        try await database.query(
            "SELECT \(CredentialRows.columns) FROM provider_credentials "
                + "WHERE provider_id = $1 AND kind = $2",
            .text(provider.rawValue), .text(kind.rawValue)
        ).compactMap(rows.credential).first
    }

    package func all(_ kind: CredentialKind) async throws(DatabaseError) -> [StoredCredential] {
        try await database.query(
            "SELECT \(CredentialRows.columns) FROM provider_credentials "
                + "WHERE kind = $1 ORDER BY provider_id",
            .text(kind.rawValue)
        ).compactMap(rows.credential)
    }

    /// Names a grant's tokens by the current key in what is noted of its refreshes.
    func renameNotes(of stored: StoredCredential) async throws(DatabaseError) {
        guard stored.kind == .oauth, let grant = stored.grant(fields: []) else { return }
        let names = sealer.fingerprints(of: grant)
        guard let current = names.first else { return }
        for column in ["sent_fingerprint", "failed_fingerprint"] {
            for name in names.dropFirst() {
                try await rename(column, of: stored.provider, from: name, to: current)
            }
        }
    }

    private func rename(
        _ column: String, of id: ProviderID, from old: String, to new: String
    ) async throws(DatabaseError) {
        do throws(DatabaseError) {
            try await database.query(
                """
                UPDATE hogsend_token_refreshes SET \(column) = $1
                WHERE provider_id = $2 AND \(column) = $3
                """, .text(new), .text(id.rawValue), .text(old))
        } catch .failed {
            // There is no such table where no instance of this build has run yet.
        }
    }

    /// Every row of the kind, opened only where its sealed text is not the one that `known` gives.
    func news(
        _ kind: CredentialKind, known: [ProviderID: String]
    ) async throws(DatabaseError) -> (stored: Set<ProviderID>, changed: [StoredCredential]) {
        let found = try await database.query(
            "SELECT \(CredentialRows.columns) FROM provider_credentials WHERE kind = $1",
            .text(kind.rawValue))
        let ids = found.compactMap { $0.text("provider_id").map(ProviderID.init(rawValue:)) }
        let changed = zip(ids, found).filter { id, row in known[id] != row.text("payload") }
        return (Set(ids), changed.compactMap { rows.credential($0.1) })
    }

    /// The next rows of all kinds, from the first one on or from the one after `last`.
    ///
    /// A row that comes or goes in between moves no other to another page; an empty page is the end.
    package func page(
        after last: StoredCredential? = nil, limit: Int
    ) async throws(DatabaseError) -> [StoredCredential] {
        try await database.query(
            """
            SELECT \(CredentialRows.columns) FROM provider_credentials
            WHERE (provider_id, kind) > ($1, $2) ORDER BY provider_id, kind LIMIT $3
            """,
            .text(last?.provider.rawValue ?? ""), .text(last?.kind.rawValue ?? ""),
            .integer(Int64(limit))
        ).compactMap(rows.credential)
    }

    /// Makes the row or replaces what it holds.
    @discardableResult
    package func save(
        _ provider: ProviderID, _ kind: CredentialKind, _ contents: JSONValue
    ) async throws(DatabaseError) -> StoredCredential {
        for _ in 0..<Self.mostTries {
            let saved =
                if let found = try await load(provider, kind) {
                    try await replace(found, by: contents)
                } else {
                    try await saveIfAbsent(provider, kind, contents)
                }
            if let saved { return saved }
        }
        throw .failed(reason: "the row kept changing")
    }

    /// Makes the row; nil when there is one already, which stays as it is.
    @discardableResult
    package func saveIfAbsent(
        _ provider: ProviderID, _ kind: CredentialKind, _ contents: JSONValue
    ) async throws(DatabaseError) -> StoredCredential? {
        try await publish(try rows.insertion(provider, kind, contents))
    }

    /// Replaces what the row holds, unless someone else has changed it since; answers whether.
    package func swap(
        _ stored: StoredCredential, for contents: JSONValue
    ) async throws(DatabaseError) -> Bool {
        try await replace(stored, by: contents) != nil
    }

    /// Like ``swap(_:for:)``, and answers the row as it is then.
    package func replace(
        _ stored: StoredCredential, by contents: JSONValue
    ) async throws(DatabaseError) -> StoredCredential? {
        try await publish(try rows.replacement(of: stored, by: contents))
    }

    /// Seals what the row holds in the envelope under the current key, and changes nothing else.
    ///
    /// False when someone else has changed it since, or when it cannot be opened.
    package func rewrap(_ stored: StoredCredential) async throws(DatabaseError) -> Bool {
        guard let rewrapping = try rows.rewrapping(of: stored) else { return false }
        return try await publish(rewrapping) != nil
    }

    /// The keys that a user pasted for a provider; nil where none are stored that open.
    package func keys(of provider: any Provider) async throws(DatabaseError) -> KeyCredential? {
        try await load(provider.id, .apiKey)?.keys(provider.authentication.keyFields)
    }

    /// Removes one kind, without opening it.
    package func delete(
        _ provider: ProviderID, _ kind: CredentialKind
    ) async throws(DatabaseError) {
        defer { writes.add() }
        _ = try await database.publish(
            SQLStatement(
                "DELETE FROM provider_credentials WHERE provider_id = $1 AND kind = $2 RETURNING id",
                .text(provider.rawValue), .text(kind.rawValue)))
    }

    /// Removes every kind, without opening any; answers whether there was one.
    package func delete(_ provider: ProviderID) async throws(DatabaseError) -> Bool {
        defer { writes.add() }
        return try await !database.publish(
            SQLStatement(
                "DELETE FROM provider_credentials WHERE provider_id = $1 RETURNING id",
                .text(provider.rawValue))
        ).isEmpty
    }

    /// Removes every kind as long as no other grant than `grant` and no other keys than `keys` are
    /// there; answers whether.
    ///
    /// One statement, so that what is stored meanwhile stays with all that belongs to it.
    package func delete(
        _ provider: ProviderID, ifGrantIs grant: StoredCredential?,
        keysAre keys: StoredCredential? = nil
    ) async throws(DatabaseError) -> Bool {
        defer { writes.add() }
        let (oauth, apiKey) = (CredentialKind.oauth.rawValue, CredentialKind.apiKey.rawValue)
        return try await !database.publish(
            SQLStatement(
                """
                DELETE FROM provider_credentials WHERE provider_id = $1 AND NOT EXISTS (
                    SELECT 1 FROM provider_credentials AS other WHERE other.provider_id = $1
                        AND (other.kind = '\(oauth)' AND other.payload <> $2
                            OR other.kind = '\(apiKey)' AND other.payload <> $3))
                RETURNING id
                """,
                .text(provider.rawValue), .text(grant?.payload ?? ""), .text(keys?.payload ?? ""))
        ).isEmpty
    }

    private func publish(
        _ statement: SQLStatement
    ) async throws(DatabaseError) -> StoredCredential? {
        defer { writes.add() }
        return try await database.publish(statement).compactMap(rows.credential).first
    }
}
