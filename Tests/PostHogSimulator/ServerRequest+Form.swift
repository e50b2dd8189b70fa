import Engine

extension ServerRequest {
    var isJSON: Bool {
        (headers["Content-Type"] ?? "").lowercased().hasPrefix("application/json")
    }

    /// The fields of a form-encoded body; of two with one name the last.
    var form: [String: String]? {
        FormURLEncoding.decode(String(decoding: body, as: UTF8.self)).map { pairs in
            Dictionary(pairs.map { ($0.name, $0.value) }) { $1 }
        }
    }

    /// The first query parameter of that name.
    func parameter(_ name: String) -> String? {
        query?.first { $0.name == name }?.value
    }
}

extension JSONValue {
    /// The text of a string, number or truth value.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let value): String(value)
        case .null, .array, .object: nil
        }
    }
}
