/// Which events are asked for; nothing set is all of them.
package struct EventFilter: Sendable, Equatable {
    package var event: String?
    package var userID: String?
    package var provider: String?
    /// The earliest time of an event.
    package var since: Date?
    /// The first time that is too late.
    package var until: Date?

    package init(
        event: String? = nil, userID: String? = nil, provider: String? = nil, since: Date? = nil,
        until: Date? = nil
    ) {
        self.event = event
        self.userID = userID
        self.provider = provider
        self.since = since
        self.until = until
    }

    /// As SQL.
    ///
    /// By arrival, few rows stand behind the place that was reached, and many in an index of the
    /// names: SQLite would rather go through those each time, and is shown no column that has one.
    package func condition(isByArrival: Bool = false) -> (sql: String, parameters: [SQLValue]) {
        let hiding = isByArrival ? " || ''" : ""
        let wanted: [(String, String?)] = [
            ("event\(hiding) =", event), ("user_id\(hiding) =", userID),
            ("provider_id\(hiding) =", provider), ("occurred_at\(hiding) >=", since?.iso8601),
            ("occurred_at\(hiding) <", until?.iso8601),
        ]
        var conditions: [String] = []
        var parameters: [SQLValue] = []
        for (comparison, value) in wanted {
            guard let value else { continue }
            // No stored text holds a zero byte, and PostgreSQL takes none to compare with.
            guard !value.utf8.contains(0) else {
                conditions.append("1 = 0")
                continue
            }
            parameters.append(.text(value))
            conditions.append("\(comparison) $\(parameters.count)")
        }
        return (conditions.isEmpty ? "true" : conditions.joined(separator: " AND "), parameters)
    }
}
