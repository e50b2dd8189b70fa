package import Engine

/// Destinations to seed, as raw JSON in the form of a detail read.
package enum DestinationSeed {
    /// What Hogsend wants one to be.
    package static func compliant(url: String, secret: String) -> JSONValue {
        [
            "type": "destination", "name": "Hogsend", "enabled": true,
            "template": WebhookTemplate.object, "hog": .string(WebhookTemplate.hog),
            "inputs_schema": WebhookTemplate.inputsSchema,
            "inputs": [
                "url": ["value": .string(url)], "method": ["value": "POST"],
                "body": ["value": body], "headers": ["value": headers(secret)],
                "debug": ["value": false],
            ],
            "filters": ["source": "events", "properties": [identified]],
        ]
    }

    private static let body: JSONValue = ["event": "{event}", "person": "{person}"]

    private static let identified: JSONValue = [
        "key": "$is_identified", "type": "event", "value": ["true"], "operator": "exact",
    ]

    private static func headers(_ secret: String) -> JSONValue {
        ["Content-Type": "application/json", "x-posthog-webhook-secret": .string(secret)]
    }

    /// Compliant, but somebody renamed it and added headers and filters of his own.
    package static func renamed(url: String, secret: String) -> JSONValue {
        let change: JSONValue = [
            "name": "To our mailer", "description": "Ask Ada before changing this",
            "inputs": [
                "headers": ["value": ["X-Team": "growth"]], "debug": ["value": true],
            ],
            "filters": [
                "events": [["id": "signed_up", "name": "signed_up", "type": "events", "order": 0]],
                "properties": [
                    identified,
                    ["key": "plan", "type": "person", "value": ["pro"], "operator": "exact"],
                ],
            ],
        ]
        return compliant(url: url, secret: secret).merging(change)
    }

    /// Method, secret and filters are wrong.
    package static func drifted(url: String, secret: String = "stale") -> JSONValue {
        compliant(url: url, secret: secret).merging([
            "inputs": ["method": ["value": "PUT"], "body": ["value": ["event": "{event.event}"]]],
            "filters": ["properties": []],
        ])
    }

    package static func disabled(url: String, secret: String) -> JSONValue {
        compliant(url: url, secret: secret).merging(["enabled": false])
    }

    /// Of the time when the body's input was called `payload`; its code reads that.
    package static func legacy(url: String, secret: String) -> JSONValue {
        compliant(url: url, secret: secret).merging([
            "hog": .string(WebhookTemplate.legacyHog),
            "inputs_schema": WebhookTemplate.legacyInputsSchema,
            "inputs": ["body": nil, "payload": ["value": body]],
        ])
    }

    /// That many of somebody else's, for an event that does not happen.
    package static func unrelated(_ count: Int) -> [JSONValue] {
        (1...max(count, 1)).map { number in
            compliant(url: "https://example.com/hooks/\(number)", secret: "other").merging([
                "name": .string("Unrelated \(number)"),
                "filters": [
                    "events": [["id": "never", "name": "never", "type": "events", "order": 0]],
                    "properties": nil,
                ],
            ])
        }
    }
}

extension Installation {
    /// Puts a function into a project as it is, and returns its id.
    mutating func seed(_ function: JSONValue, project: Int64) -> String {
        var members = HogFunction.blank.merging(function.object ?? [:]) { $1 }
        let id = members.removeValue(forKey: "id")?.string ?? UUID().uuidString.lowercased()
        let isDeleted = members.removeValue(forKey: "deleted")?.bool ?? false
        members["created_at"] = members["created_at"] ?? .string(nextTimestamp())
        members["updated_at"] = members["updated_at"] ?? .string(nextTimestamp())
        members["filters"] = members["filters"].map(Bytecode.removing)
        members["inputs"] = .object(
            (members["inputs"]?.object ?? [:]).mapValues(Bytecode.removing))
        functions.append(
            HogFunction(project: project, id: id, isDeleted: isDeleted, members: members))
        return id
    }
}
