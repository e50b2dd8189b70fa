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

    init(_ row: SQLRow, _ source: WebhookSource) throws(MalformedDelivery) {
        id = try Self.text("id", source.id, row)
        event = try Self.text("event", source.event, row)
        userID = try Self.text("user_id", source.userID, row)
        occurredAt = try Self.date(source.occurredAt, row)
        properties = try Self.object("properties", source.properties, row)
        personProperties = try Self.object("person_properties", source.personProperties, row)
        isSkipped = row.text("skipped_type") == "false"
    }

    /// Refuses names of which a part had to be replaced.
    func checked(_ source: WebhookSource) throws(MalformedDelivery) -> Delivery {
        let names = [(id, source.id), (event, source.event), (userID, source.userID)]
        for (name, path) in names where name.contains("\u{FFFD}") {
            throw .badShape("'\(path)' holds a character that no text can hold")
        }
        return self
    }

    /// A number is taken as its digits: some services let users have numbers for ids.
    private static func text(
        _ name: String, _ path: JSONPath, _ row: SQLRow
    ) throws(MalformedDelivery) -> String {
        let isText = ["text", "integer"].contains(row.text("\(name)_type"))
        guard isText, let text = row.text(name), !text.isEmpty, text.utf8.count <= 1024 else {
            throw .badShape("'\(path)' is not a text of 1 to 1024 bytes")
        }
        return text
    }

    private static func date(
        _ path: JSONPath, _ row: SQLRow
    ) throws(MalformedDelivery) -> Date {
        switch row.text("occurred_at_type") {
        case nil, "null": return Date()
        case "text":
            if let date = row.text("occurred_at").flatMap({ Date(iso8601: $0) }) { return date }
            fallthrough
        default: throw .badShape("'\(path)' is not an ISO 8601 date")
        }
    }

    private static func object(
        _ name: String, _ path: JSONPath, _ row: SQLRow
    ) throws(MalformedDelivery) -> String {
        switch row.text("\(name)_type") {
        case nil, "null": return "{}"
        case "object": return row.text(name) ?? "{}"
        default: throw .badShape("'\(path)' is not an object")
        }
    }
}

/// Why a delivery was not taken.
package enum MalformedDelivery: Error, Equatable {
    case notJSON
    case badShape(String)
}
