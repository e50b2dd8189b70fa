import Engine

/// Destinations as a user, an earlier version and chance may have left them; the same for the same
/// seed.
struct GeneratedDestination {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(state: seed)
    }

    /// None to three that post to us, and some that do not.
    mutating func project() -> [JSONValue] {
        let ours = (0..<Int.random(in: 0...3, using: &generator)).map { _ in destination() }
        let others = (0..<Int.random(in: 0...2, using: &generator)).map { number in
            destination().setting("url", .string("https://other.example/hooks/\(number)"))
        }
        return (ours + others).shuffled(using: &generator)
    }

    private mutating func destination() -> JSONValue {
        let isLegacy = pick([true, false, false])
        var inputs: [String: JSONValue] = [
            "url": ["value": pick(Self.urls)], "method": ["value": pick(["POST", "PUT", "GET"])],
            "headers": ["value": headers()],
            isLegacy ? "payload" : "body": [
                "value": pick([Self.body, ["event": "{event.event}"]])
            ],
        ]
        if pick([true, false]) { inputs["debug"] = ["value": pick([true, false])] }
        return [
            "type": "destination", "name": pick(["Hogsend", "Ours", "Mailer"]),
            "description": pick(["", "ask Ada"]), "enabled": pick([true, true, false]),
            "hog": isLegacy ? "fetch(inputs.url, {'body': inputs.payload})" : Self.hog,
            "inputs_schema": schema(isLegacy), "inputs": .object(inputs), "filters": filters(),
            "created_at": .string("2026-0\(Int.random(in: 1...9, using: &generator))-01T00:00:00Z"),
        ]
    }

    private mutating func headers() -> JSONValue {
        var headers: [String: JSONValue] = [:]
        if pick([true, false]) {
            headers[pick(["Content-Type", "content-type"])] = pick(Self.types)
        }
        if pick([true, false]) {
            headers[pick(["x-posthog-webhook-secret", "X-PostHog-Webhook-Secret"])] =
                pick([.string(ProvisionContext.secret), "stale"])
        }
        if pick([true, false]) { headers["X-Team"] = "growth" }
        return .object(headers)
    }

    private mutating func filters() -> JSONValue {
        var properties: [JSONValue] = []
        if pick([true, false]) {
            properties.append([
                "key": "$is_identified", "type": "event", "operator": "exact",
                "value": pick([["true"], [true], "true", true, ["false"]]),
            ])
        }
        if pick([true, false]) {
            properties.append(
                ["key": "plan", "type": "person", "value": ["pro"], "operator": "exact"])
        }
        var filters: [String: JSONValue] = [
            "properties": .array(properties.shuffled(using: &generator))
        ]
        if pick([true, true, false]) { filters["source"] = pick(["events", "person-updates"]) }
        if pick([true, false]) {
            filters["events"] = [["id": "paid", "name": "paid", "type": "events", "order": 0]]
        }
        return .object(filters)
    }

    private mutating func schema(_ isLegacy: Bool) -> JSONValue {
        var keys = ["url", "method", isLegacy ? "payload" : "body", "headers", "debug"]
        if pick([true, false, false]) { keys.remove(at: Int.random(in: 3..<5, using: &generator)) }
        return .array(
            keys.map { key in
                let type = Self.inputTypes[key] ?? "json"
                return ["key": .string(key), "type": .string(type), "required": false]
            })
    }

    private static let inputTypes = [
        "url": "string", "method": "string", "headers": "dictionary", "debug": "boolean",
    ]

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }

    private static let urls: [JSONValue] = [
        .string(ProvisionContext.webhook), "https://old.example/v1/webhooks/posthog",
        "https://old.example/base/v1/webhooks/posthog?x=1",
    ]
    private static let types: [JSONValue] = ["application/json", "text/plain"]
    private static let body: JSONValue = ["event": "{event}", "person": "{person}"]
    private static let hog: JSONValue = "fetch(inputs.url, {'body': inputs.body})"
}

/// SplitMix64: a generator that can be started again.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSONValue {
    /// The destination with another value for an input.
    fileprivate func setting(_ input: String, _ value: JSONValue) -> JSONValue {
        var (members, inputs) = (object ?? [:], self["inputs"]?.object ?? [:])
        inputs[input] = ["value": value]
        members["inputs"] = .object(inputs)
        return .object(members)
    }
}
