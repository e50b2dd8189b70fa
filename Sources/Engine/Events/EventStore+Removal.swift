extension EventStore {
    /// So many in one transaction, so that no delivery waits long for it.
    package static let batch = 500
    /// After so many batches of young events the old ones are over.
    private static let mostYoung = 20

    /// What was removed, and how many of that some sink had not been handed, by the sink's name.
    package struct Removed: Sendable, Equatable {
        package var count = 0
        package var passedOver: [String: Int] = [:]
    }

    /// Removes all events of one person, of every provider; answers how many there were.
    package func remove(
        userID: String, batch: Int = EventStore.batch
    ) async throws(DatabaseError) -> Int {
        guard !userID.utf8.contains(0) else { return 0 }
        var count = 0
        while true {
            let removed = try await database.query(
                """
                DELETE FROM hogsend_events WHERE seq IN (
                    SELECT seq FROM hogsend_events WHERE user_id = $1 LIMIT $2) RETURNING seq
                """, .text(userID), .integer(Int64(batch)))
            count += removed.count
            if removed.count < batch { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        if count > 0 { await database.forget() }
        return count
    }

    /// Removes what arrived before `date`, oldest first, as long as `mayGoOn` says so.
    package func remove(
        arrivedBefore date: Date, batch: Int = EventStore.batch, mayGoOn: () async -> Bool
    ) async throws(DatabaseError) -> Removed {
        var removed = Removed()
        var (place, young) = (Int64(0), 0)
        while young < Self.mostYoung, await mayGoOn() {
            guard let part = try await part(after: place, batch) else { break }
            if part.oldest < date.iso8601 {
                try await remove(part, arrivedBefore: date, &removed)
                try? await Task.sleep(for: .milliseconds(20))
            } else if part.newest <= Date().iso8601 {
                // What a wrong clock stamped with a time to come says nothing of what is behind it.
                young += 1
            }
            place = part.places.upperBound
        }
        if removed.count > 0 { await database.forget() }
        return removed
    }

    /// Events that follow one another, and when they arrived.
    private struct Part {
        let places: ClosedRange<Int64>
        let oldest: String
        let newest: String
    }

    private func part(after place: Int64, _ count: Int) async throws(DatabaseError) -> Part? {
        let rows = try await database.query(
            """
            SELECT max(seq) AS seq, min(received_at) AS oldest, max(received_at) AS newest FROM (
                SELECT seq, received_at FROM hogsend_events WHERE seq > $1 ORDER BY seq LIMIT $2
            ) AS part
            """, .integer(place), .integer(Int64(count)))
        guard let row = rows.first, let last = row.integer("seq"), last > place,
            let oldest = row.text("oldest"), let newest = row.text("newest")
        else { return nil }
        return Part(places: (place + 1)...last, oldest: oldest, newest: newest)
    }

    private func remove(
        _ part: Part, arrivedBefore date: Date, _ removed: inout Removed
    ) async throws(DatabaseError) {
        let sinks = try await database.query("SELECT name, seq FROM hogsend_event_consumers")
        let rows = try await database.query(
            """
            DELETE FROM hogsend_events WHERE seq >= $1 AND seq <= $2 AND received_at < $3
            RETURNING seq
            """, .integer(part.places.lowerBound), .integer(part.places.upperBound),
            .text(date.iso8601))
        removed.count += rows.count
        let events = rows.compactMap { $0.integer("seq") }
        for sink in sinks {
            guard let name = sink.text("name"), let reached = sink.integer("seq") else { continue }
            let missed = events.count(where: { $0 > reached })
            if missed > 0 { removed.passedOver[name, default: 0] += missed }
        }
    }
}
