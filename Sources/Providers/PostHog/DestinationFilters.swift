import Engine

/// The `filters` of a destination: which events it takes
/// (<https://posthog.com/docs/cdp/destinations>).
///
/// Filters without `events` take every event, so the rule on identified ones is what keeps
/// anonymous page views away.
struct DestinationFilters {
    typealias Change = ProvisionPlan.Change

    private static let key = "$is_identified"
    private static let rule: JSONValue = [
        "key": .string(key), "type": "event", "value": ["true"], "operator": "exact",
    ]
    /// Spellings that PostHog takes for the same.
    private static let values: [JSONValue] = [["true"], [true], "true", true]
    private static let serverMade: Set<String> = ["bytecode", "bytecode_error", "transpiled"]

    private let members: [String: JSONValue]

    init(_ filters: JSONValue?) {
        members = (filters?.object ?? [:]).filter { !Self.serverMade.contains($0.key) }
    }

    private var properties: [JSONValue] { members["properties"]?.array ?? [] }
    private var rules: [JSONValue] { properties.filter(Self.isRule) }
    private var isRight: Bool { rules.count == 1 && rules.allSatisfy(Self.isRight) }

    private static func isRule(_ property: JSONValue) -> Bool {
        let type = property["type"] ?? .null
        return property["key"]?.string == key && (type == "event" || type == .null)
    }

    private static func isRight(_ rule: JSONValue) -> Bool {
        rule["type"] == "event" && rule["operator"] == "exact"
            && values.contains(rule["value"] ?? .null)
    }

    /// The filters to send, whole: the user's own events, actions and properties stay.
    var mended: JSONValue {
        var mended = members
        mended["source"] = "events"
        if !isRight {
            mended["properties"] = .array(properties.filter { !Self.isRule($0) } + [Self.rule])
        }
        return .object(mended)
    }

    /// The fields that we may change, by the names that a plan gives them.
    ///
    /// Of the properties only the rules: the others are the user's own.
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [:]
        fields["filters.source"] = members["source"]
        if !rules.isEmpty {
            fields["filters.properties"] = .array(isRight ? [Self.rule] : rules)
        }
        return fields
    }

    /// The filters to send, whole, with those fields set; null takes one away.
    func setting(_ fields: [String: JSONValue]) -> JSONValue {
        var changed = members
        if let source = fields["filters.source"] {
            changed["source"] = source == .null ? nil : source
        }
        if let rules = fields["filters.properties"] {
            changed["properties"] = .array(
                properties.filter { !Self.isRule($0) } + (rules.array ?? []))
        }
        return .object(changed)
    }

    var changes: [Change] {
        var changes: [Change] = []
        if members["source"] != "events" {
            let before = members["source"].map(Shown.text)
            changes.append(Change("filters.source", from: before, to: "events"))
        }
        if !isRight {
            let before = rules.isEmpty ? nil : Shown.text(.array(rules))
            changes.append(
                Change("filters.properties", from: before, to: Shown.text(.array([Self.rule]))))
        }
        return changes
    }
}
