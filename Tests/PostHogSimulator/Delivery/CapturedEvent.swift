package import Engine

/// An event as an app captures it.
package struct CapturedEvent: Sendable, Equatable {
    package var event: String
    package var distinctID: String
    package var properties: [String: JSONValue]
    package var personProperties: [String: JSONValue]
    /// Sets `$is_identified` in the event's properties.
    package var identified: Bool
    /// Whether PostHog knows a person for the event; without one `person` is null.
    package var hasPerson: Bool
    /// Given twice, PostHog delivers the same event twice.
    package var uuid: String
    package var timestamp: Date?
    package var project: Int64

    package init(
        _ event: String, distinctID: String, properties: [String: JSONValue] = [:],
        personProperties: [String: JSONValue] = [:], identified: Bool = true,
        hasPerson: Bool = true, uuid: String = UUID().uuidString.lowercased(),
        timestamp: Date? = nil, project: Int64 = 12_345
    ) {
        self.event = event
        self.distinctID = distinctID
        self.properties = properties
        self.personProperties = personProperties
        self.identified = identified
        self.hasPerson = hasPerson
        self.uuid = uuid
        self.timestamp = timestamp
        self.project = project
    }

    package init(json: JSONValue) throws(ControlError) {
        guard let event = json["event"]?.string, let distinctID = json["distinctID"]?.string else {
            throw ControlError("an event needs 'event' and 'distinctID'")
        }
        self.init(
            event, distinctID: distinctID, properties: json["properties"]?.object ?? [:],
            personProperties: json["personProperties"]?.object ?? [:],
            identified: json["identified"]?.bool ?? true,
            hasPerson: json["hasPerson"]?.bool ?? true,
            uuid: json["uuid"]?.string ?? UUID().uuidString.lowercased(),
            timestamp: json["timestamp"]?.string.flatMap { Date(iso8601: $0) },
            project: json["project"]?.integer ?? 12_345)
    }
}

extension Installation {
    /// What templates and filters see (section 10 of posthog.md).
    mutating func globals(for captured: CapturedEvent) -> JSONValue {
        let base = "\(origin)/project/\(captured.project)"
        let timestamp = (captured.timestamp ?? now).iso8601
        var properties = captured.properties
        properties["$is_identified"] = properties["$is_identified"] ?? .bool(captured.identified)
        var event: [String: JSONValue] = [
            "uuid": .string(captured.uuid), "event": .string(captured.event),
            "distinct_id": .string(captured.distinctID), "properties": .object(properties),
            "elements_chain": "", "timestamp": .string(timestamp),
            "url": .string("\(base)/events/\(captured.uuid)/\(timestamp)"),
        ]
        if !switches.olderServer { event["captured_at"] = .null }
        return [
            "event": .object(event), "person": person(of: captured, base),
            "project": [
                "id": .integer(captured.project), "name": "Shop", "url": .string(base),
            ],
            "groups": [:],
        ]
    }

    private mutating func person(of captured: CapturedEvent, _ base: String) -> JSONValue {
        guard captured.hasPerson else { return .null }
        let person = keepPerson(captured.distinctID, captured.personProperties)
        let path = FormURLEncoding.escape(captured.distinctID)
        return [
            "id": person["uuid"] ?? .null, "name": person["name"] ?? .null,
            "properties": person["properties"] ?? [:], "url": .string("\(base)/person/\(path)"),
        ]
    }
}
