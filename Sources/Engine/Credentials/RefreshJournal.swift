/// The table beside `provider_credentials` in which every refresh is noted before it is sent.
///
/// It knows tokens by a keyed hash alone. What it says counts only for the tokens it was said of: a
/// grant that was stored since begins anew.
package struct RefreshJournal: Sendable {
    package static let migration = Migration(
        "0003_token_refreshes",
        """
        CREATE TABLE hogsend_token_refreshes (
            provider_id text PRIMARY KEY, sent_fingerprint text, sent_at text, refreshed_at text,
            failed_fingerprint text, failed_at text, failure text, failure_text text,
            next_attempt_at text, attempts bigint NOT NULL DEFAULT 0)
        """)
    private static let columns = """
        provider_id, sent_fingerprint, sent_at, refreshed_at, failed_fingerprint, failed_at, failure,
        failure_text, next_attempt_at, attempts
        """

    private let database: any Database

    package init(_ database: any Database) {
        self.database = database
    }

    package func record(_ id: ProviderID) async throws(DatabaseError) -> RefreshRecord {
        try await database.query(
            "SELECT \(Self.columns) FROM hogsend_token_refreshes WHERE provider_id = $1",
            .text(id.rawValue)
        ).first.map(RefreshRecord.init) ?? .none
    }

    package func all() async throws(DatabaseError) -> [ProviderID: RefreshRecord] {
        let rows = try await database.query("SELECT \(Self.columns) FROM hogsend_token_refreshes")
        return rows.reduce(into: [:]) { records, row in
            guard let id = row.text("provider_id") else { return }
            records[ProviderID(rawValue: id)] = RefreshRecord(row)
        }
    }

    /// Notes that a refresh is about to be sent; durable when it returns.
    func open(_ id: ProviderID, _ fingerprint: String, at now: Date) async throws(DatabaseError) {
        try await write(
            id, ["sent_fingerprint": .text(fingerprint), "sent_at": .text(now.iso8601)])
    }

    /// Notes that nothing was used up: the refresh token of these names is still good.
    func close(_ id: ProviderID, _ names: [String]) async throws(DatabaseError) {
        try await database.transaction([
            Self.forget(id, "sent_fingerprint", names, "sent_fingerprint = NULL, sent_at = NULL")
        ])
    }

    /// Notes that new tokens are stored in place of those of these names.
    ///
    /// What was noted of others stays: one who was stopped in between may come late.
    func succeeded(
        _ id: ProviderID, _ names: [String], at now: Date
    ) async throws(DatabaseError) {
        try await database.transaction([
            Self.forget(
                id, "sent_fingerprint", names,
                "sent_fingerprint = NULL, sent_at = NULL, refreshed_at = $2", [now.iso8601]),
            Self.forget(
                id, "failed_fingerprint", names,
                """
                failed_fingerprint = NULL, failed_at = NULL, failure = NULL, failure_text = NULL,
                next_attempt_at = NULL, attempts = 0
                """),
        ])
    }

    private static func forget(
        _ id: ProviderID, _ column: String, _ names: [String], _ changes: String,
        _ values: [String] = []
    ) -> SQLStatement {
        let places = names.indices.map { "$\($0 + values.count + 2)" }.joined(separator: ", ")
        return SQLStatement(
            """
            UPDATE hogsend_token_refreshes SET \(changes)
            WHERE provider_id = $1 AND \(column) IN (\(places))
            """, [.text(id.rawValue)] + (values + names).map { .text($0) })
    }

    /// Notes a failure; a final one is told to everyone who listens.
    func failed(_ id: ProviderID, _ failure: RefreshRecord.Failure) async throws(DatabaseError) {
        try await write(
            id,
            [
                "failed_fingerprint": .text(failure.fingerprint),
                "failed_at": .text(failure.at.iso8601), "failure": .text(failure.reason.rawValue),
                "failure_text": .text(failure.text),
                "next_attempt_at": failure.nextAttempt.map { .text($0.iso8601) } ?? .null,
                "attempts": .integer(Int64(failure.attempts)),
            ], isNews: failure.isFinal)
    }

    package func delete(_ id: ProviderID) async throws(DatabaseError) {
        try await database.query(
            "DELETE FROM hogsend_token_refreshes WHERE provider_id = $1", .text(id.rawValue))
    }

    /// Sets these columns and leaves the others as they are.
    private func write(
        _ id: ProviderID, _ values: [String: SQLValue], isNews: Bool = false
    ) async throws(DatabaseError) {
        let columns = values.sorted { $0.key < $1.key }
        let names = columns.map(\.key)
        let places = names.indices.map { "$\($0 + 2)" }
        let changes = names.map { "\($0) = excluded.\($0)" }
        let statement = SQLStatement(
            """
            INSERT INTO hogsend_token_refreshes (provider_id, \(names.joined(separator: ", ")))
            VALUES ($1, \(places.joined(separator: ", ")))
            ON CONFLICT (provider_id) DO UPDATE SET \(changes.joined(separator: ", "))
            """, [.text(id.rawValue)] + columns.map(\.value))
        if isNews {
            try await database.publish(statement)
        } else {
            try await database.query(statement.sql, statement.parameters)
        }
    }
}

extension RefreshRecord {
    fileprivate init(_ row: SQLRow) {
        func date(_ column: String) -> Date? { row.text(column).flatMap { Date(iso8601: $0) } }
        sent = row.text("sent_fingerprint").flatMap { fingerprint in
            date("sent_at").map { Sent(fingerprint: fingerprint, at: $0) }
        }
        refreshedAt = date("refreshed_at")
        failure = row.text("failed_fingerprint").flatMap { fingerprint in
            date("failed_at").map { at in
                Failure(
                    fingerprint: fingerprint,
                    reason: row.text("failure").flatMap(Reason.init(rawValue:)) ?? .retrying,
                    text: row.text("failure_text") ?? "", at: at,
                    nextAttempt: date("next_attempt_at"),
                    attempts: Int(row.integer("attempts") ?? 0))
            }
        }
    }
}
