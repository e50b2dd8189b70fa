import Engine

extension Installation {
    static func members(
        of request: ServerRequest
    ) throws(APIProblem) -> [String: JSONValue] {
        guard let members = JSONValue(decoding: request.body)?.object else { throw .malformed }
        return members
    }

    /// What a client may set, as it is stored; inputs are checked apart.
    static func writable(_ sent: [String: JSONValue]) -> [String: JSONValue] {
        let names = [
            "name", "description", "enabled", "hog", "inputs_schema", "icon_url", "masking",
            "mappings", "execution_order", "filters",
        ]
        var members = sent.filter { names.contains($0.key) }
        if let filters = sent["filters"] {
            let stored = Bytecode.removing(from: filters).object ?? [:]
            members["filters"] = .object(["source": "events"].merging(stored) { $1 })
        }
        return members
    }

    static func check(
        _ sent: [String: JSONValue], agent: Bool
    ) throws(APIProblem) {
        if let name = sent["name"]?.string, name.unicodeScalars.count > 400 {
            throw .invalid(
                "name", "Ensure this field has no more than 400 characters.", code: "max_length")
        }
        if let enabled = sent["enabled"], enabled.bool == nil {
            throw .invalid("enabled", "Must be a valid boolean.")
        }
        if agent, sent["enabled"]?.bool == true {
            throw .invalid("enabled", "Create destinations disabled and let a person enable them.")
        }
        if let filters = sent["filters"], filters.object == nil {
            throw .invalid("filters", "Expected a dictionary of items.", code: "not_a_dict")
        }
    }

    func isAgent(_ request: ServerRequest) -> Bool {
        (request.headers["User-Agent"] ?? "").lowercased().contains("posthog/")
    }
}

extension HogFunction {
    /// What is sent replaces what is stored, whole; inputs that are not sent are checked again.
    mutating func change(
        _ changes: [String: JSONValue], inputs sent: JSONValue?
    ) throws(APIProblem) {
        members.merge(changes) { $1 }
        let validation = InputValidation(schema: schema, stored: inputs)
        members["inputs"] = try validation.validated(sent?.object ?? inputs)
        members["version"] = .integer((members["version"]?.integer ?? 1) + 1)
    }
}
