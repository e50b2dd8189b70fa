import Engine

/// Webhook bodies, up to the page of events that is made of them.
enum DeliveryTarget {
    private static let source = WebhookSource(
        secretHeader: "x-secret", id: ["event", "uuid"], event: ["event", "event"],
        userID: ["event", "distinct_id"], occurredAt: ["event", "timestamp"],
        properties: ["event", "properties"], personProperties: ["person", "properties"],
        skippedWhenFalse: ["event", "properties", "$is_identified"])

    static func run(_ input: [UInt8]) async throws {
        let database = try await SQLiteDatabase(path: ":memory:")
        do {
            try await Migrator(database, [EventStore.migration, EventStore.arrivalMigration])
                .migrate()
            try await appending(Data(input), EventStore(database))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// A delivery is stored, skipped or refused; a second one changes nothing.
    private static func appending(_ body: Data, _ events: EventStore) async throws {
        let first = try await append(body, events)
        let text = try await events.page(EventFilter(), limit: 10, offset: 0)
        // SQLite keeps what our own reader refuses: numbers beyond a double, halves of surrogates.
        guard let page = JSONValue(decoding: text) else {
            return try require(
                JSONValue(decoding: body) == nil, "a page of events is as readable as they were")
        }
        guard let delivery = first else {
            try require(page["total"] == 0, "what is refused is not stored")
            return try require(try await append(body, events) == nil, "and is refused again")
        }
        try require(
            page["total"] == (delivery.isSkipped ? 0 : 1), "a delivery is stored or skipped")
        let second = try require(try await append(body, events), "a delivery is taken again")
        try require(
            second.id.isSame(as: delivery.id) && second.event.isSame(as: delivery.event)
                && second.userID.isSame(as: delivery.userID)
                && second.isSkipped == delivery.isSkipped,
            "it says the same")
        let again = try await events.page(EventFilter(), limit: 10, offset: 0)
        try require(again == text, "it is stored once")
        if !delivery.isSkipped { try showing(delivery, page) }
    }

    private static func append(_ body: Data, _ events: EventStore) async throws -> Delivery? {
        do {
            let arrival = EventStore.Arrival(body, from: "fuzz", reading: source)
            let delivery = try require(await events.append([arrival]).first, "one answer").get()
            for text in [delivery.id, delivery.event, delivery.userID] {
                try require(
                    (1...1024).contains(text.utf8.count), "a stored text has 1 to 1024 bytes")
            }
            return delivery
        } catch is MalformedDelivery {
            return nil
        }
    }

    private static func showing(_ delivery: Delivery, _ page: JSONValue) throws {
        let event = try require(page["events"]?.array?.first, "a stored event is shown")
        try require(
            event["id"]?.string?.isSame(as: delivery.id) == true
                && event["event"]?.string?.isSame(as: delivery.event) == true
                && event["userId"]?.string?.isSame(as: delivery.userID) == true
                && event["occurredAt"]?.string == delivery.occurredAt.iso8601,
            "it is shown as it was taken")
        try require(Date(iso8601: delivery.occurredAt.iso8601) != nil, "its time is a time")
        try require(
            event["properties"]?.object != nil && event["personProperties"]?.object != nil,
            "properties are objects")
    }
}
