import Engine

/// What a destination is made of: its code and the schema of its inputs.
///
/// PostHog drops inputs that the schema does not know. Destinations of an earlier template know
/// `payload` instead of `body`, and their code posts `inputs.payload`.
struct DestinationProgram {
    typealias Change = ProvisionPlan.Change

    private let schema: [JSONValue]
    private let code: String

    init(_ destination: JSONValue) {
        schema = destination["inputs_schema"]?.array ?? []
        code = destination["hog"]?.string ?? ""
    }

    private var keys: [String] { schema.compactMap { $0["key"]?.string } }

    /// Whether it was made of a template that signs; to add the input to another one would not make
    /// its code sign.
    var takesSigningSecret: Bool {
        schema.contains { $0["key"]?.string == DestinationInputs.signing && $0["secret"] == true }
    }

    private var lacking: [JSONValue] {
        Self.entries.filter { !keys.contains($0["key"]?.string ?? "") }
    }

    private var isSchemaRight: Bool { lacking.isEmpty && !keys.contains("payload") }

    /// Without its `payload` such code would post nothing at all.
    private var mendedCode: String {
        code.replacing(/\binputs(\??)\.payload\b/) { "inputs\($0.1).body" }
            .replacing(/\binputs\[(['"])payload['"]\]/) { "inputs[\($0.1)body\($0.1)]" }
    }

    /// The members to send, those that do not differ left out.
    var mended: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if !isSchemaRight {
            members["inputs_schema"] = .array(
                schema.filter { $0["key"] != "payload" } + lacking)
        }
        if mendedCode != code { members["hog"] = .string(mendedCode) }
        return members
    }

    var changes: [Change] {
        var changes: [Change] = []
        if !isSchemaRight {
            let wanted = keys.filter { $0 != "payload" } + lacking.compactMap { $0["key"]?.string }
            changes.append(
                Change(
                    "inputs_schema", from: keys.joined(separator: ", ").sanitized(),
                    to: wanted.joined(separator: ", ").sanitized()))
        }
        if mendedCode != code {
            changes.append(Change("hog", from: "posts inputs.payload", to: "posts inputs.body"))
        }
        return changes
    }

    /// The fields that we may change, by the names that a plan gives them.
    var fields: [String: JSONValue] {
        ["inputs_schema": .array(schema), "hog": .string(code)]
    }

    // MARK: The template's schema

    /// As in PostHog's `template-webhook`.
    private static let entries: [JSONValue] = [
        entry("url", "string", "Webhook URL", ["required": true]),
        entry(
            "method", "choice", "Method",
            [
                "default": "POST",
                "choices": .array(
                    ["POST", "PUT", "PATCH", "GET", "DELETE"].map { ["label": $0, "value": $0] }),
            ]),
        entry(
            "body", "json", "JSON Body", ["default": ["event": "{event}", "person": "{person}"]]),
        entry(
            "headers", "dictionary", "Headers",
            ["default": ["Content-Type": "application/json"]]),
        entry("debug", "boolean", "Log responses", ["default": false]),
    ]

    private static func entry(
        _ key: String, _ type: String, _ label: String, _ more: [String: JSONValue]
    ) -> JSONValue {
        let common: [String: JSONValue] = [
            "key": .string(key), "type": .string(type), "label": .string(label), "secret": false,
            "required": false,
        ]
        return .object(common.merging(more) { $1 })
    }
}
