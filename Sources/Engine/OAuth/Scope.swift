/// One permission that a grant may hold (RFC 6749 §3.3), such as `person:read`.
public struct Scope: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// The scope as the authorization server spells it.
    public let rawValue: String

    /// Makes a scope from its spelling.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes a scope from a literal.
    public init(stringLiteral value: String) { rawValue = value }

    /// The `x:write` of an `x:read`, for services in which writing includes reading; itself
    /// otherwise.
    public var asWrite: Scope {
        rawValue.hasSuffix(":read") ? Scope(rawValue: rawValue.dropLast(5) + ":write") : self
    }

    /// Reads a space-separated list; order stays, doubles go.
    package static func list(parsing text: String) -> [Scope] {
        var seen: Set<Scope> = []
        return text.split(separator: " ").map { Scope(rawValue: String($0)) }
            .filter { seen.insert($0).inserted }
    }
}

extension [Scope] {
    /// The space-separated list of RFC 6749 §3.3.
    package var joined: String { map(\.rawValue).joined(separator: " ") }
}
