extension EventStore {
    private static let batch: Int64 = 500

    /// Removes all events of one person, of every provider; answers how many there were.
    package func remove(userID: String) async throws(DatabaseError) -> Int {
        guard !userID.utf8.contains(0) else { return 0 }
        return try await removeInBatches(
            """
            DELETE FROM hogsend_events WHERE seq IN (
                SELECT seq FROM hogsend_events WHERE user_id = $1 LIMIT $2) RETURNING seq
            """, userID, mayGoOn: { true })
    }

    /// Removes what arrived before `date`, oldest first, as long as `mayGoOn` says so.
    package func remove(
        arrivedBefore date: Date, mayGoOn: () async -> Bool
    ) async throws(DatabaseError) -> Int {
        try await removeInBatches(
            """
            DELETE FROM hogsend_events WHERE seq IN (
                SELECT seq FROM (
                    SELECT seq, received_at FROM hogsend_events ORDER BY seq LIMIT $2
                ) AS oldest WHERE received_at < $1) RETURNING seq
            """, date.iso8601, mayGoOn: mayGoOn)
    }

    /// In small transactions, so that no delivery waits long for one.
    private func removeInBatches(
        _ sql: String, _ value: String, mayGoOn: () async -> Bool
    ) async throws(DatabaseError) -> Int {
        var count = 0
        while await mayGoOn() {
            let removed = try await database.query(sql, .text(value), .integer(Self.batch))
            count += removed.count
            if removed.count < Self.batch { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return count
    }
}
