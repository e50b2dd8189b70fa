/// What a delivery says, its shape checked.
package struct Delivery: Sendable, Equatable {
    package let id: String
    package let event: String
    package let userID: String
    package let occurredAt: Date
    /// Verified and well-formed, but left out by the provider's rule.
    package let isSkipped: Bool

    init(_ row: SQLRow, _ source: WebhookSource) throws(MalformedDelivery) {
        id = try Self.text("id", source.id, row)
        event = try Self.text("event", source.event, row)
        userID = try Self.text("user_id", source.userID, row)
        occurredAt = try Self.date(source.occurredAt, row)
        try Self.requireObject("properties", source.properties, row)
        try Self.requireObject("person_properties", source.personProperties, row)
        isSkipped = row.text("skipped_type") == "false"
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

    private static func requireObject(
        _ name: String, _ path: JSONPath, _ row: SQLRow
    ) throws(MalformedDelivery) {
        guard [nil, "null", "object"].contains(row.text("\(name)_type")) else {
            throw .badShape("'\(path)' is not an object")
        }
    }
}

/// Why a delivery was not taken.
package enum MalformedDelivery: Error, Equatable {
    case notJSON
    case badShape(String)
}
