/// The short name of a provider, as it stands in commands, paths and rows.
public struct ProviderID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The name: lower-case letters, digits and hyphens.
    public let rawValue: String

    /// Makes an id from its spelling, which the registry checks.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes an id from a literal.
    public init(stringLiteral value: String) { rawValue = value }

    /// The spelling.
    public var description: String { rawValue }

    /// Whether the spelling fits a command, a path and an environment variable.
    var isWellFormed: Bool {
        let first = rawValue.utf8.first.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 } ?? false
        return first && rawValue.utf8.count <= 40
            && rawValue.utf8.allSatisfy {
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "-")
            }
    }
}
