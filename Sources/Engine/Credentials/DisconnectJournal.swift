/// How far the leaving of a provider has come, and the name of its last webhook secret.
package struct DisconnectRecord: Sendable, Equatable {
    /// Which leaving it is: one that begins anew has another.
    package let run: String
    /// A keyed hash of the tokens that it is about; nil when there were none to be read.
    package var grantName: String?
    /// What became of the steps, as JSON without any secret; nil for a step that is open.
    package var destination: String?
    package var revocation: String?
    /// Whether `revocation` took back the refresh token as well.
    package var isEverywhere = false
    package var isFinished = false
}

/// The table beside `provider_credentials` in which each step of leaving a provider is noted.
///
/// It knows tokens and secrets by keyed hashes alone. A record outlives the rows: it is by it that
/// deliveries which still arrive are known.
package struct DisconnectJournal: Sendable {
    package static let migration = Migration(
        "0005_disconnects",
        """
        CREATE TABLE hogsend_disconnects (
            provider_id text PRIMARY KEY, run text NOT NULL, grant_name text, secret_name text,
            destination text, revocation text, is_everywhere bigint NOT NULL DEFAULT 0,
            finished_at text)
        """)

    private let database: any Database
    private let sealer: CredentialSealer

    package init(_ database: any Database, sealer: CredentialSealer) {
        self.database = database
        self.sealer = sealer
    }

    package func record(_ id: ProviderID) async throws(DatabaseError) -> DisconnectRecord? {
        try await database.query(
            "SELECT * FROM hogsend_disconnects WHERE provider_id = $1", .text(id.rawValue)
        ).first.flatMap(DisconnectRecord.init)
    }

    /// Begins a leaving in the place of any earlier one.
    func open(_ id: ProviderID, secret: Secret?) async throws(DatabaseError) -> DisconnectRecord {
        let record = DisconnectRecord(run: UUID().uuidString.lowercased())
        let name = try secret.map { secret throws(DatabaseError) in try self.name(secret, id) }
        try await database.transaction([
            SQLStatement(
                "DELETE FROM hogsend_disconnects WHERE provider_id = $1", .text(id.rawValue)),
            SQLStatement(
                "INSERT INTO hogsend_disconnects (provider_id, run, secret_name) VALUES ($1, $2, $3)",
                .text(id.rawValue), .text(record.run), name.map { .text($0) } ?? .null),
        ])
        return record
    }

    private func name(_ secret: Secret, _ id: ProviderID) throws(DatabaseError) -> String {
        do throws(OpenSSLError) {
            return try sealer.name(ofWebhookSecret: secret, id)
        } catch {
            throw .failed(reason: "the webhook secret's name could not be made: \(error.reason)")
        }
    }

    /// Notes what a record says; false when it is no longer there, since somebody connected again.
    func save(_ id: ProviderID, _ record: DisconnectRecord) async throws(DatabaseError) -> Bool {
        func value(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
        return try await !database.query(
            """
            UPDATE hogsend_disconnects SET grant_name = $3, destination = $4, revocation = $5,
                is_everywhere = $6, finished_at = $7
            WHERE provider_id = $1 AND run = $2 RETURNING run
            """,
            .text(id.rawValue), .text(record.run), value(record.grantName),
            value(record.destination), value(record.revocation),
            .integer(record.isEverywhere ? 1 : 0),
            value(record.isFinished ? Date().iso8601 : nil)
        ).isEmpty
    }

    /// Whoever connects or provisions has not left: an open leaving ends, and so does the memory of
    /// an earlier one.
    package func forget(_ id: ProviderID) async throws(DatabaseError) {
        try await database.query(
            "DELETE FROM hogsend_disconnects WHERE provider_id = $1", .text(id.rawValue))
    }

    /// Whether it was the webhook secret when the provider was left.
    package func wasSecret(_ given: Secret, of id: ProviderID) async throws(DatabaseError) -> Bool {
        let rows = try await database.query(
            "SELECT secret_name FROM hogsend_disconnects WHERE provider_id = $1",
            .text(id.rawValue))
        guard let name = rows.first?.text("secret_name") else { return false }
        return sealer.isName(name, ofWebhookSecret: given, id)
    }
}

extension DisconnectRecord {
    fileprivate init?(_ row: SQLRow) {
        guard let run = row.text("run") else { return nil }
        self.run = run
        grantName = row.text("grant_name")
        destination = row.text("destination")
        revocation = row.text("revocation")
        isEverywhere = row.integer("is_everywhere") == 1
        isFinished = row.text("finished_at") != nil
    }
}
