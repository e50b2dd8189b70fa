import Engine

/// How values are shown in a plan.
enum Shown {
    static let redacted = "[redacted]"

    /// One line; of an address only what holds no password and no key.
    static func text(_ value: JSONValue) -> String {
        guard let text = value.string else {
            return String(decoding: value.encoded(), as: UTF8.self).sanitized(limit: 200)
        }
        return WebhookAddress(text).shown
    }

    /// An input's value; a body may hold keys of the user's, so only its templates are shown.
    static func input(_ name: String, _ value: JSONValue) -> String {
        text(["body", "payload"].contains(name) ? outline(value) : value)
    }

    private static func outline(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): text.contains(/^\{[A-Za-z0-9_.]*\}$/) ? value : .string(redacted)
        case .array(let elements): .array(elements.map(outline))
        case .object(let members): .object(members.mapValues(outline))
        case .integer, .number: .string(redacted)
        case .null, .bool: value
        }
    }
}
