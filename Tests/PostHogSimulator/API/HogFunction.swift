import Engine

/// A destination, or another hog function, as PostHog stores it.
struct HogFunction: Sendable {
    let project: Int64
    let id: String
    var isDeleted = false
    /// What a detail read shows, but for what is made while reading.
    var members: [String: JSONValue]

    var schema: [JSONValue] { members["inputs_schema"]?.array ?? [] }
    var inputs: [String: JSONValue] { members["inputs"]?.object ?? [:] }
    var isEnabled: Bool { members["enabled"]?.bool == true }
    var type: String { members["type"]?.string ?? "destination" }
    var name: String { members["name"]?.string ?? "" }
    var updatedAt: String { members["updated_at"]?.string ?? "" }
    var hog: String { members["hog"]?.string ?? "" }

    /// What every function has, in the places that no one filled.
    static let blank: [String: JSONValue] = [
        "type": "destination", "name": "", "description": "", "enabled": false, "hog": "",
        "inputs_schema": [], "inputs": [:], "filters": ["source": "events"], "icon_url": nil,
        "template": nil, "masking": nil, "mappings": nil, "execution_order": nil, "version": 1,
        "draft": nil, "draft_updated_at": nil, "batch_export_id": nil, "transpiled": nil,
        "created_by": ["id": 1, "first_name": "Max", "email": "max@example.com"],
    ]

    private static let listed = [
        "type", "name", "description", "created_at", "created_by", "updated_at", "enabled", "hog",
        "icon_url", "template", "execution_order", "draft_updated_at",
    ]

    /// The row of a list, which has no inputs.
    var row: JSONValue {
        var row = members.filter { Self.listed.contains($0.key) }
        row["id"] = .string(id)
        row["status"] = status
        row["filters"] = Bytecode.adding(to: members["filters"] ?? .null)
        return .object(row)
    }

    var detail: JSONValue {
        var detail = members
        detail["id"] = .string(id)
        detail["status"] = status
        detail["filters"] = Bytecode.adding(to: members["filters"] ?? .null)
        detail["inputs"] = .object(shownInputs)
        detail["bytecode"] = ["_H", 1, 32, .string(hog)]
        return .object(detail)
    }

    private var status: JSONValue {
        isEnabled ? ["state": 1, "tokens": 10_000] : ["state": 0, "tokens": 0]
    }

    /// Every input of the schema: a secret as a mark, one that was left out as null.
    private var shownInputs: [String: JSONValue] {
        var shown: [String: JSONValue] = [:]
        for (order, entry) in schema.enumerated() {
            guard let key = entry["key"]?.string else { continue }
            let input = inputs[key]?.object ?? [:]
            if input.isEmpty {
                shown[key] = .null
            } else if entry["secret"]?.bool == true {
                shown[key] = ["secret": true]
            } else {
                shown[key] = Bytecode.adding(to: input, type: entry["type"]?.string, order: order)
            }
        }
        return shown
    }
}
