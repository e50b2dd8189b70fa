import Engine

/// What the server compiles and adds to what it shows; a client must not send it back.
enum Bytecode {
    static let serverMade = ["bytecode", "order", "transpiled", "bytecode_error"]

    static func adding(to filters: JSONValue) -> JSONValue {
        guard var members = filters.object else { return filters }
        members["bytecode"] = ["_H", 1, 29]
        return .object(members)
    }

    static func adding(to input: [String: JSONValue], type: String?, order: Int) -> JSONValue {
        var input = input
        if let value = input["value"], ["string", "dictionary", "json"].contains(type) {
            input["bytecode"] = compile(value)
            input["order"] = .integer(Int64(order))
        }
        return .object(input)
    }

    private static func compile(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): ["_H", 1, 32, .string(text)]
        case .array(let elements): .array(elements.map(compile))
        case .object(let members): .object(members.mapValues(compile))
        default: value
        }
    }

    /// The stored form: without what the server adds.
    static func removing(from value: JSONValue) -> JSONValue {
        guard let members = value.object else { return value }
        return .object(members.filter { !serverMade.contains($0.key) })
    }
}
