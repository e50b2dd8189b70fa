/// A place in a JSON document: the names of members, from the outermost in.
public struct JSONPath: Sendable, Equatable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// The names, from the outermost member in.
    public let names: [String]

    /// Makes a path from a literal such as `["event", "uuid"]`.
    public init(arrayLiteral elements: String...) { names = elements }

    init(_ names: [String]) { self.names = names }

    /// The names with dots between them, for error messages.
    public var description: String { names.joined(separator: ".") }
}

/// A place in a JSON document whose text counts only where it looks like what is meant.
public struct JSONPlace: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// The place.
    public let path: JSONPath
    /// What a text must begin with to be taken, such as `cus_`; empty for any text.
    public let prefix: String

    /// Names a place, where any text counts unless told otherwise.
    public init(_ path: JSONPath, prefix: String = "") {
        self.path = path
        self.prefix = prefix
    }

    /// Names a place where any text counts, by a literal such as `["user", "id"]`.
    public init(arrayLiteral elements: String...) {
        self.init(JSONPath(elements))
    }
}

extension JSONValue {
    /// What stands at a place.
    package func value(at path: JSONPath) -> JSONValue? {
        path.names.reduce(Optional(self)) { $0?[$1] }
    }

    /// The same without what stands at a place.
    package func removing(_ names: ArraySlice<String>) -> JSONValue {
        guard let name = names.first, var members = object else { return self }
        members[name] = names.count == 1 ? nil : members[name]?.removing(names.dropFirst())
        return .object(members)
    }

    /// The same with a value at a place, for which objects are made as needed.
    package func setting(_ value: JSONValue, at names: ArraySlice<String>) -> JSONValue {
        guard let name = names.first else { return value }
        var members = object ?? [:]
        members[name] = (members[name] ?? [:]).setting(value, at: names.dropFirst())
        return .object(members)
    }
}
