import Engine

/// The fields of a destination that we may change, by the names that a plan gives them.
struct DestinationFields {
    /// What there is; a field that is not there has no entry.
    let values: [String: JSONValue]

    init(_ destination: JSONValue) {
        values = DestinationInputs(destination["inputs"]).fields
            .merging(DestinationFilters(destination["filters"]).fields) { $1 }
            .merging(DestinationProgram(destination).fields) { $1 }
            .merging(["enabled": destination["enabled"] ?? false]) { $1 }
    }

    subscript(_ field: String) -> JSONValue { values[field] ?? .null }

    /// What a `PATCH` with this body replaces in a destination, which `object` names.
    static func replaced(
        in destination: JSONValue, by patch: JSONValue, object: String
    ) -> [PriorValue] {
        let patched = JSONValue.object(
            (destination.object ?? [:]).merging(patch.object ?? [:]) { $1 })
        let (before, after) = (Self(destination), Self(patched))
        return Set(before.values.keys).union(after.values.keys).sorted()
            .filter { before[$0] != after[$0] }
            .map { PriorValue(object: object, field: $0, before: before[$0], after: after[$0]) }
    }

    /// The body of a `PATCH` that sets some fields; null takes one away.
    static func patch(of destination: Destination, setting fields: [String: JSONValue]) -> JSONValue
    {
        let json = destination.json
        var members = fields.filter { ["enabled", "inputs_schema", "hog"].contains($0.key) }
        if fields.keys.contains(where: { $0.hasPrefix("filters.") }) {
            members["filters"] = DestinationFilters(json["filters"]).setting(fields)
        }
        if fields.keys.contains(where: isInput) {
            members["inputs"] = DestinationInputs(json["inputs"]).setting(fields)
        }
        return .object(members)
    }

    private static func isInput(_ field: String) -> Bool {
        !field.hasPrefix("filters.") && !["enabled", "inputs_schema", "hog"].contains(field)
    }

    /// Whether a field has a value, whatever PostHog has added to it.
    static func isSame(_ field: String, _ left: JSONValue, _ right: JSONValue) -> Bool {
        switch field {
        case "url", "method", "body", "payload":
            left["value"] == right["value"]
                && (left["templating"] == "liquid") == (right["templating"] == "liquid")
        case "inputs_schema": keys(left) == keys(right)
        case "filters.source": (left.string ?? "events") == (right.string ?? "events")
        default: left == right
        }
    }

    private static func keys(_ schema: JSONValue) -> Set<String> {
        Set((schema.array ?? []).compactMap { $0["key"]?.string })
    }

    /// As it may be shown: no header, and of a body no text of the user's.
    static func shown(_ field: String, _ value: JSONValue) -> String? {
        if value == .null { return nil }
        if field.hasPrefix("headers.") { return Shown.redacted }
        switch field {
        case "url", "method", "body", "payload":
            return value["value"].map { Shown.input(field, $0) }
        case "inputs_schema": return keys(value).sorted().joined(separator: ", ").sanitized()
        case "hog":
            let isOld = value.string?.contains("payload") == true
            return isOld ? "posts inputs.payload" : "posts inputs.body"
        default: return Shown.text(value)
        }
    }
}
