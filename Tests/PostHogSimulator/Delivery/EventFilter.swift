import Engine

/// A function's `filters`, as PostHog's bytecode would decide.
struct EventFilter {
    private let filters: JSONValue

    init(_ filters: JSONValue) {
        self.filters = filters
    }

    func matches(_ globals: JSONValue) -> Bool {
        guard (filters["source"]?.string ?? "events") == "events" else { return false }
        return properties(of: filters).allSatisfy { Self.holds($0, globals) }
            && matchesSomeEvent(globals)
    }

    /// Events and actions are joined by or; none at all is every event.
    private func matchesSomeEvent(_ globals: JSONValue) -> Bool {
        let events = filters["events"]?.array ?? []
        let actions = filters["actions"]?.array ?? []
        return events.isEmpty && actions.isEmpty || events.contains { matches($0, globals) }
    }

    /// An entry without the type `events` matches everything, whatever its id says.
    private func matches(_ entry: JSONValue, _ globals: JSONValue) -> Bool {
        let id = entry["id"]?.string
        let isNamed = entry["type"]?.string == "events" && id != nil
        guard !isNamed || id == globals["event"]?["event"]?.string else { return false }
        return properties(of: entry).allSatisfy { Self.holds($0, globals) }
    }

    private func properties(of value: JSONValue) -> [JSONValue] {
        value["properties"]?.array ?? []
    }

    private static func holds(_ filter: JSONValue, _ globals: JSONValue) -> Bool {
        let owner = filter["type"]?.string == "person" ? globals["person"] : globals["event"]
        let actual = owner?["properties"]?[filter["key"]?.string ?? ""] ?? .null
        let text = actual.scalarText ?? ""
        let wanted = (filter["value"]?.array ?? [filter["value"] ?? .null])
            .compactMap { $0.scalarText }
        let contains = { wanted.contains { text.lowercased().contains($0.lowercased()) } }
        switch filter["operator"]?.string ?? "exact" {
        case "exact": return wanted.contains(text)
        case "is_not": return !wanted.contains(text)
        case "icontains": return contains()
        case "not_icontains": return !contains()
        case "is_set": return actual != .null
        case "is_not_set": return actual == .null
        default: return false
        }
    }
}
