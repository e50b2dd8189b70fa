/// The events that providers delivered.
package struct EventStore: Sendable {
    package static let migration = Migration(
        "0002_events",
        """
        CREATE TABLE hogsend_events (
            provider_id text NOT NULL, id text NOT NULL, event text NOT NULL, user_id text NOT NULL,
            occurred_at text NOT NULL, received_at text NOT NULL, properties text NOT NULL,
            person_properties text NOT NULL, PRIMARY KEY (provider_id, id))
        """,
        "CREATE INDEX hogsend_events_newest ON hogsend_events (occurred_at, id)",
        "CREATE INDEX hogsend_events_event ON hogsend_events (event, occurred_at, id)",
        "CREATE INDEX hogsend_events_user ON hogsend_events (user_id, occurred_at, id)")

    private let database: any Database
    private let sql: EventSQL

    package init(_ database: any Database) {
        self.database = database
        sql = EventSQL(database.dialect)
    }

    /// Takes a delivery apart and stores it, once for each id; durable when it returns.
    ///
    /// The database reads the JSON: numbers keep every digit, and nothing is decoded and encoded
    /// again on the way.
    package func append(
        _ body: Data, from provider: ProviderID, reading source: WebhookSource
    ) async throws -> Delivery {
        guard let text = String(validating: body, as: UTF8.self), !text.utf8.contains(0) else {
            throw MalformedDelivery.notJSON
        }
        let (delivery, document) = try await delivery(in: text, source)
        if !delivery.isSkipped { try await insert(delivery, document, provider, source) }
        return delivery
    }

    /// The delivery, and the text to store, in which SQLite keeps every escape.
    ///
    /// PostgreSQL refuses a whole text for an escape that it cannot store. A user's property is no
    /// reason to lose an event; an id would be another one's.
    private func delivery(
        in text: String, _ source: WebhookSource
    ) async throws -> (Delivery, document: String) {
        do {
            return (try Delivery(try await read(text, source), source), text)
        } catch DatabaseError.dataException {
            let storable = text.replacingUnstorableEscapes()
            guard storable != text, let row = try? await read(storable, source) else {
                throw MalformedDelivery.notJSON
            }
            return (try Delivery(row, source).checked(source), storable)
        }
    }

    /// SQLite is asked whether the text is JSON; PostgreSQL says that it is not by refusing it.
    private func read(_ text: String, _ source: WebhookSource) async throws -> SQLRow {
        var columns: [String] = []
        var parameters = [SQLValue.text(text)]
        for (name, path) in source.paths {
            parameters.append(.text(sql.spelling(path)))
            columns.append(sql.reading(name, "$\(parameters.count)"))
        }
        let question = "SELECT \(columns.joined(separator: ", "))"
        guard try await isJSON(text),
            let row = try await database.query(question, parameters).first
        else { throw MalformedDelivery.notJSON }
        return row
    }

    private func isJSON(_ text: String) async throws(DatabaseError) -> Bool {
        guard database.dialect == .sqlite else { return true }
        return try await database.query("SELECT json_valid($1) AS valid", .text(text))
            .first?.integer("valid") == 1
    }

    private func insert(
        _ delivery: Delivery, _ text: String, _ provider: ProviderID, _ source: WebhookSource
    ) async throws(DatabaseError) {
        try await database.query(
            """
            INSERT INTO hogsend_events (provider_id, id, event, user_id, occurred_at, received_at,
                properties, person_properties)
            VALUES ($1, $2, $3, $4, $5, $6, \(sql.object("$8")), \(sql.object("$9")))
            ON CONFLICT (provider_id, id) DO NOTHING
            """,
            .text(provider.rawValue), .text(delivery.id), .text(delivery.event),
            .text(delivery.userID), .text(delivery.occurredAt.iso8601), .text(Date().iso8601),
            .text(text), .text(sql.spelling(source.properties)),
            .text(sql.spelling(source.personProperties)))
    }

    /// A page of events, newest first, as the JSON text of the answer.
    package func page(
        event: String?, userID: String?, limit: Int, offset: Int
    ) async throws(DatabaseError) -> Data {
        var conditions: [String] = []
        var parameters: [SQLValue] = []
        for (column, value) in [("event", event), ("user_id", userID)] {
            guard let value else { continue }
            // No stored text holds a zero byte, and PostgreSQL takes none to compare with.
            guard !value.utf8.contains(0) else {
                conditions.append("1 = 0")
                continue
            }
            parameters.append(.text(value))
            conditions.append("\(column) = $\(parameters.count)")
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let total = try await database.query(
            "SELECT count(*) AS total FROM hogsend_events \(filter)", parameters)
        let rows = try await database.query(
            """
            SELECT \(sql.event) AS event FROM hogsend_events \(filter)
            ORDER BY occurred_at DESC, id DESC
            LIMIT $\(parameters.count + 1) OFFSET $\(parameters.count + 2)
            """, parameters + [.integer(Int64(limit)), .integer(Int64(offset))])
        let events = rows.compactMap { $0.text("event") }.joined(separator: ",")
        let count = total.first?.integer("total") ?? 0
        return Data(
            #"{"events":[\#(events)],"total":\#(count),"limit":\#(limit),"offset":\#(offset)}"#.utf8
        )
    }
}

extension WebhookSource {
    /// The places to read before anything is stored.
    fileprivate var paths: [(String, JSONPath)] {
        [
            ("id", id), ("event", event), ("user_id", userID), ("occurred_at", occurredAt),
            ("properties", properties), ("person_properties", personProperties),
            ("skipped", skippedWhenFalse ?? id),
        ]
    }
}

extension Delivery {
    /// Refuses names of which a part had to be replaced.
    fileprivate func checked(_ source: WebhookSource) throws(MalformedDelivery) -> Delivery {
        let names = [(id, source.id), (event, source.event), (userID, source.userID)]
        for (name, path) in names where name.contains("\u{FFFD}") {
            throw .badShape("'\(path)' holds a character that no text can hold")
        }
        return self
    }
}
