/// What a delivery says, its shape checked.
package struct Delivery: Sendable, Equatable {
    package let id: String
    package let event: String
    package let userID: String
    package let occurredAt: Date
    /// Verified and well-formed, but left out by the provider's rule.
    package let isSkipped: Bool
    /// The event's own properties as JSON text, every byte as it came.
    package let properties: String
    /// The person's properties likewise.
    package let personProperties: String

    init(
        _ row: SQLRow, _ source: WebhookSource, of arrival: EventStore.Arrival
    ) throws(MalformedDelivery) {
        id =
            try source.id.map { path throws(MalformedDelivery) in
                try Self.text((name: "id", path: path), row)
            } ?? arrival.digest
        event = try Self.text(
            DeliveryPlaces("event", source.event, source.otherEvents).found(in: row), row)
        userID = try Self.user(source, row)
        occurredAt = try Self.date(source, row)
        properties = try Self.object("properties", source.properties, row)
        personProperties = try Self.person(source, row)
        isSkipped = source.skippedWhenFalse != nil && row.text("skipped_type") == "false"
    }

    /// A document may be nested as deeply as most readers of JSON go.
    static let mostLevels = 512

    /// Whether U+FFFD may stand in a name; few others begin with this byte.
    var mayBeBroken: Bool {
        id.utf8.contains(0xEF) || userID.utf8.contains(0xEF) || event.utf8.contains(0xEF)
    }

    /// Refuses names of which a part had to be replaced.
    func checked(_ source: WebhookSource) throws(MalformedDelivery) -> Delivery {
        let names = [(id, source.id), (event, source.event), (userID, source.userID)]
        for (name, path) in names where name.contains("\u{FFFD}") {
            throw .badShape("'\(path ?? [])' holds a character that no text can hold")
        }
        return self
    }

    /// A number is taken as its digits: some services let users have numbers for ids.
    private static func text(
        _ place: (name: String, path: JSONPath), _ row: SQLRow
    ) throws(MalformedDelivery) -> String {
        guard let text = row.deliveredText(place.name), !text.isEmpty, text.utf8.count <= 1024
        else { throw .badShape("'\(place.path)' is not a text of 1 to 1024 bytes") }
        return text
    }

    private static func user(
        _ source: WebhookSource, _ row: SQLRow
    ) throws(MalformedDelivery) -> String {
        guard let path = source.userID else { return "" }
        let place = DeliveryPlaces("user_id", path, source.otherUserIDs).found(in: row)
        let isThere = ![nil, "null"].contains(row.deliveredType(place.name))
        return source.isUserOptional && !isThere ? "" : try text(place, row)
    }

    private static func date(
        _ source: WebhookSource, _ row: SQLRow
    ) throws(MalformedDelivery) -> Date {
        guard let path = source.occurredAt else { return Date() }
        let text = row.text("occurred_at") ?? ""
        switch (row.deliveredType("occurred_at"), source.timeNotation) {
        case (nil, _), ("null", _): return Date()
        case ("text", .iso8601):
            if let date = Date(iso8601: text) { return date }
        case ("integer", .unixSeconds):
            if let seconds = Double(text), (0...latest).contains(seconds) {
                return Date(timeIntervalSince1970: seconds)
            }
        default: break
        }
        throw .badShape("'\(path)' is not \(source.timeNotation.name)")
    }

    /// The end of the year 9999, beyond which ISO 8601 has no agreed spelling.
    private static let latest = 253_402_300_799.0

    private static func person(
        _ source: WebhookSource, _ row: SQLRow
    ) throws(MalformedDelivery) -> String {
        guard let path = source.personProperties else { return "{}" }
        let name = "person_properties"
        let others = source.otherPersonProperties.enumerated().first { place, _ in
            ![nil, "null"].contains(row.deliveredType(DeliveryPlaces.column(name, place)))
        }
        guard let (place, other) = others, [nil, "null"].contains(row.deliveredType(name)) else {
            return try object(name, path, row)
        }
        return try object(DeliveryPlaces.column(name, place), other, row)
    }

    private static func object(
        _ name: String, _ path: JSONPath, _ row: SQLRow
    ) throws(MalformedDelivery) -> String {
        switch row.deliveredType(name) {
        case nil, "null": return "{}"
        case "object": return row.text(name) ?? "{}"
        default: throw .badShape("'\(path)' is not an object")
        }
    }
}

extension WebhookSource.TimeNotation {
    fileprivate var name: String {
        switch self {
        case .iso8601: "an ISO 8601 date"
        case .unixSeconds: "a number of seconds since 1970"
        }
    }
}

extension EventStore.Arrival {
    /// A name for what is equal to the last byte.
    fileprivate var digest: String {
        (try? SHA256.hash((text ?? "").utf8)).map { "sha256:" + Hex.encode($0) }
            ?? UUID().uuidString
    }
}

/// Why a delivery was not taken.
package enum MalformedDelivery: Error, Equatable {
    case notJSON
    case badShape(String)

    static let tooDeep = badShape(
        "the body is nested more than \(Delivery.mostLevels) levels deep")
}
