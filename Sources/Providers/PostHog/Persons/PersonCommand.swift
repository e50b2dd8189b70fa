import Engine

/// The verbs below `hogsend posthog`.
enum PersonCommand {
    static let person = ProviderCommand(
        ["person"], arguments: ["distinct-id"],
        summary: "show a person as PostHog knows him now, and the time zone that counts",
        flags: [
            .init("--timezone", value: "ZONE", "check this zone instead of choosing one")
        ]
    ) { call throws(CommandRefusal) in
        let id = call.arguments.first ?? ""
        let query = call["--timezone"].map { "?timezone=\($0.percentEncoded)" } ?? ""
        let answer = try await call.send(
            "GET", "\(PersonRoutes.prefix)persons/\(id.percentEncoded)\(query)")
        guard answer.status == 200, let members = answer.json.object else {
            throw CommandRefusal(answer)
        }
        if members["source"] == "none" {
            throw CommandRefusal(
                members["reason"]?.string?.sanitized(limit: 60) ?? "unavailable",
                members["detail"]?.string?.sanitized() ?? "PostHog could not be asked",
                hint: members["remediation"]?.string?.sanitized())
        }
        return CommandReport(document: members, lines: lines(members))
    }

    private static func lines(_ members: [String: JSONValue]) -> [String] {
        let zone = members["timezone"]
        var lines = [
            "source: \(text(members["source"]))",
            "timezone: \(text(zone?["name"])) (\(text(zone?["source"])))",
        ]
        lines += (zone?["warnings"]?.array ?? []).map { "warning: \(text($0))" }
        guard let person = members["person"], person.object != nil else {
            return ["PostHog knows no person with this distinct id"] + lines
        }
        lines = ["uuid: \(text(person["uuid"]))", "name: \(text(person["name"]))"] + lines
        let properties = (person["properties"]?.object ?? [:]).sorted { $0.key < $1.key }
        return lines + ["properties:"]
            + properties.map { "  \($0.key.sanitized(limit: 80)): \(text($0.value))" }
    }

    private static func text(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: "-"
        case .string(let text): text.sanitized()
        case let value?: String(decoding: value.encoded(), as: UTF8.self).sanitized()
        }
    }
}
