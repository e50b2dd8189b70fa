import Engine

/// How values are shown in a plan.
enum Shown {
    static let redacted = "[redacted]"

    /// One line; of an address only what holds no password and no key.
    static func text(_ value: JSONValue) -> String {
        guard let text = value.string else {
            return String(decoding: value.encoded(), as: UTF8.self).sanitized(limit: 200)
        }
        return text.replacing(/\/\/[^\/@]*@/, with: "//").replacing(/[?#].*/, with: "?…")
            .sanitized(limit: 200)
    }
}
