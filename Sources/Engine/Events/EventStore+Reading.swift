extension EventStore {
    /// A page of events, newest first, as the JSON text of the answer.
    package func page(
        _ filter: EventFilter, limit: Int, offset: Int
    ) async throws(DatabaseError) -> Data {
        let (condition, parameters) = filter.condition()
        let total = try await database.query(
            "SELECT count(*) AS total FROM hogsend_events WHERE \(condition)", parameters)
        let rows = try await database.query(
            """
            SELECT \(sql.event) AS event FROM hogsend_events WHERE \(condition)
            ORDER BY occurred_at DESC, id DESC
            LIMIT $\(parameters.count + 1) OFFSET $\(parameters.count + 2)
            """, parameters + [.integer(Int64(limit)), .integer(Int64(offset))])
        let events = rows.compactMap { $0.text("event") }.joined(separator: ",")
        let count = total.first?.integer("total") ?? 0
        return Data(
            #"{"events":[\#(events)],"total":\#(count),"limit":\#(limit),"offset":\#(offset)}"#.utf8
        )
    }

    /// Events in the order of their arrival, each with its place in that order.
    package struct Stretch: Sendable {
        package let events: [(cursor: Int64, json: String)]
        /// From where to go on: of what was asked for, all before it was seen.
        package let end: Int64
        /// Whether there were no more.
        package let isLast: Bool
    }

    /// The next events after a place, as many as fit into `bytes` but one at least.
    package func next(
        _ filter: EventFilter, after cursor: Int64, limit: Int, bytes: Int = .max
    ) async throws(DatabaseError) -> Stretch {
        let next = try await nextRows(
            "seq, \(sql.event) AS event", filter, after: cursor, limit: limit, bytes: bytes)
        let events = next.rows.compactMap { row -> (cursor: Int64, json: String)? in
            guard let cursor = row.integer("seq"), let json = row.text("event") else { return nil }
            return (cursor, json)
        }
        return Stretch(events: events, end: next.end, isLast: next.isLast)
    }

    /// The next events for a sink, in the order of their arrival, likewise.
    func received(
        after cursor: Int64, limit: Int, bytes: Int
    ) async throws(DatabaseError) -> [ReceivedEvent] {
        try await nextRows(
            """
            seq, provider_id, id, event, user_id, occurred_at, received_at, properties,
                person_properties
            """, EventFilter(), after: cursor, limit: limit, bytes: bytes
        ).rows.compactMap(ReceivedEvent.init)
    }

    private func nextRows(
        _ columns: String, _ filter: EventFilter, after cursor: Int64, limit: Int, bytes: Int
    ) async throws(DatabaseError) -> (rows: [SQLRow], end: Int64, isLast: Bool) {
        // The latest place is asked for first: numbers become visible in their order, so that the
        // second statement sees all up to it.
        let found = try await database.read([
            Self.latestPlace, nextPlaces(filter, after: cursor, limit: limit),
        ])
        let latest = found.first?.first?.integer("seq") ?? 0
        let places = found.last ?? []
        let fitting = Self.fitting(places, bytes)
        guard let last = fitting.last?.integer("seq") else {
            return ([], max(cursor, latest), true)
        }
        let (condition, parameters) = filter.condition(isByArrival: true)
        let rows = try await database.query(
            """
            SELECT \(columns) FROM hogsend_events WHERE \(condition)
                AND seq > $\(parameters.count + 1) AND seq <= $\(parameters.count + 2) ORDER BY seq
            """, parameters + [.integer(cursor), .integer(last)])
        let isLast = fitting.count == places.count && places.count < limit
        return (rows, isLast ? max(last, latest) : last, isLast)
    }

    /// Where the next events stand, and how large about each is.
    package func nextPlaces(
        _ filter: EventFilter, after cursor: Int64, limit: Int
    ) -> SQLStatement {
        let (condition, parameters) = filter.condition(isByArrival: true)
        return SQLStatement(
            """
            SELECT seq, \(sql.size) AS size FROM hogsend_events
            WHERE \(condition) AND seq > $\(parameters.count + 1)
            ORDER BY seq LIMIT $\(parameters.count + 2)
            """, parameters + [.integer(cursor), .integer(Int64(limit))])
    }

    /// The first of them, and those after it that fit beside it.
    private static func fitting(_ places: [SQLRow], _ bytes: Int) -> ArraySlice<SQLRow> {
        var left = Int64(bytes)
        let count = places.prefix { place in
            left -= place.integer("size") ?? 0
            return left >= 0
        }.count
        return places.prefix(max(1, count))
    }

    private static let latestPlace = SQLStatement("SELECT max(seq) AS seq FROM hogsend_events")

    /// The place of the latest arrival; 0 before the first.
    package func latest() async throws(DatabaseError) -> Int64 {
        try await database.query(Self.latestPlace.sql).first?.integer("seq") ?? 0
    }

    /// A hint that another process may have stored something.
    package func changes() async -> AsyncStream<Void> { await database.changes() }
}
