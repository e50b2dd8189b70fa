/// The test events of an instance: which events are some, and which of them came back.
///
/// A row is there only while somebody waits, who may be another process than the one to which the
/// event is delivered. An event that comes when nobody waits any more is still known by its id.
package struct TestEvents: Sendable {
    package static let migration = Migration(
        "0006_test_events",
        """
        CREATE TABLE hogsend_test_events (
            provider_id text NOT NULL, id text NOT NULL, sent_at text NOT NULL, arrived_at text,
            PRIMARY KEY (provider_id, id))
        """)
    /// After it nobody waits, as when the process that did was killed.
    private static let longestWait = 3600.0

    private let database: any Database
    private let sealer: CredentialSealer

    package init(_ database: any Database, sealer: CredentialSealer) {
        self.database = database
        self.sealer = sealer
    }

    package func isTest(_ id: String, of provider: ProviderID) -> Bool {
        sealer.isTestEventID(id, of: provider)
    }

    // MARK: Who waits

    /// Makes an id and a row for it.
    package func begin(_ provider: ProviderID) async throws(DatabaseError) -> TestEvent {
        let event = TestEvent(id: try id(provider))
        let forgotten = event.at.addingTimeInterval(-Self.longestWait)
        try await database.transaction([
            SQLStatement(
                "DELETE FROM hogsend_test_events WHERE sent_at < $1", .text(forgotten.iso8601)),
            SQLStatement(
                "INSERT INTO hogsend_test_events (provider_id, id, sent_at) VALUES ($1, $2, $3)",
                .text(provider.rawValue), .text(event.id), .text(event.at.iso8601)),
        ])
        return event
    }

    private func id(_ provider: ProviderID) throws(DatabaseError) -> String {
        do throws(OpenSSLError) {
            return try sealer.testEventID(of: provider)
        } catch {
            throw .failed(reason: "the id of a test event could not be made: \(error.reason)")
        }
    }

    package func hasArrived(
        _ id: String, of provider: ProviderID
    ) async throws(DatabaseError) -> Bool {
        try await !database.query(
            """
            SELECT id FROM hogsend_test_events
            WHERE provider_id = $1 AND id = $2 AND arrived_at IS NOT NULL
            """, .text(provider.rawValue), .text(id)
        ).isEmpty
    }

    package func end(_ id: String, of provider: ProviderID) async throws(DatabaseError) {
        try await database.query(
            "DELETE FROM hogsend_test_events WHERE provider_id = $1 AND id = $2",
            .text(provider.rawValue), .text(id))
    }

    /// A hint that something may have arrived, in whichever process.
    package func changes() async -> AsyncStream<Void> { await database.changes() }

    // MARK: Who is delivered to

    /// Notes it where it is a test event; false for every other.
    package func takes(_ id: String, of provider: ProviderID) async throws(DatabaseError) -> Bool {
        guard isTest(id, of: provider) else { return false }
        try await database.publish(
            SQLStatement(
                """
                UPDATE hogsend_test_events SET arrived_at = $3
                WHERE provider_id = $1 AND id = $2 AND arrived_at IS NULL
                """,
                .text(provider.rawValue), .text(id), .text(Date().iso8601)))
        return true
    }
}
