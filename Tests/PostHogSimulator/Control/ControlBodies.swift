import Engine

extension Installation {
    /// The switches as JSON.
    var shown: JSONValue {
        get throws(ControlError) { try Self.encoded(switches) }
    }

    /// The calls, the number of writes and what was wrong.
    var report: JSONValue {
        get throws(ControlError) {
            [
                "calls": try Self.encoded(journal.calls), "writes": .integer(Int64(writes)),
                "violations": try Self.encoded(journal.violations),
            ]
        }
    }

    private static func encoded(_ value: some Encodable) throws(ControlError) -> JSONValue {
        do {
            return try JSONValue(encoding: value)
        } catch {
            throw ControlError("\(error)")
        }
    }

    /// A raw function, or `{"preset":…}` with its url and secret, and `change` merged into it.
    mutating func seed(entry: JSONValue) throws(ControlError) -> [String] {
        let project = entry["project"]?.integer ?? 12_345
        guard let preset = entry["preset"]?.string else {
            guard var members = entry.object else { throw ControlError("not an object") }
            members["project"] = nil
            return [seed(.object(members), project: project)]
        }
        let change = entry["change"] ?? [:]
        return try Self.functions(preset, entry).map { seed($0.merging(change), project: project) }
    }

    private static func functions(
        _ preset: String, _ entry: JSONValue
    ) throws(ControlError) -> [JSONValue] {
        let url = entry["url"]?.string ?? "https://hogsend.example/v1/webhooks/posthog"
        let secret = entry["secret"]?.string ?? "secret"
        switch preset {
        case "compliant": return [DestinationSeed.compliant(url: url, secret: secret)]
        case "renamed": return [DestinationSeed.renamed(url: url, secret: secret)]
        case "drifted": return [DestinationSeed.drifted(url: url, secret: secret)]
        case "disabled": return [DestinationSeed.disabled(url: url, secret: secret)]
        case "legacy": return [DestinationSeed.legacy(url: url, secret: secret)]
        case "unrelated": return DestinationSeed.unrelated(Int(entry["count"]?.integer ?? 1))
        default: throw ControlError("there is no preset '\(preset)'")
        }
    }

    /// A token answer without a browser.
    mutating func makeGrant(_ body: JSONValue) -> JSONValue {
        let clientID = body["clientID"]?.string ?? ClientDocument.hogsend
        grants.clients.insert(clientID)
        return issue(
            Grant(
                clientID: clientID,
                scopes: body["scopes"]?.array?.compactMap(\.string)
                    ?? ["project:read", "hog_function:write"],
                teams: body["teams"]?.array?.compactMap(\.integer) ?? [12_345],
                organizations: body["organizations"]?.array?.compactMap(\.string) ?? []))
    }
}
