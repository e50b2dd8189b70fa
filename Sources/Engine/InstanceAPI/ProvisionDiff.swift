// Differences on the wire; read again, every text is a stranger's.

extension ProvisionPlan.Change {
    package init?(_ json: JSONValue) {
        guard let field = json["field"]?.string, let after = json["to"]?.string else { return nil }
        self.init(
            field.sanitized(limit: 120), from: json["from"]?.string?.sanitized(),
            to: after.sanitized())
    }

    package var json: JSONValue {
        [
            "field": .string(field), "from": before.map { .string($0) } ?? .null,
            "to": .string(after),
        ]
    }
}

extension ProvisionPlan.Duplicate {
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string else { return nil }
        self.init(
            id: id.sanitized(limit: 120), address: json["url"]?.string?.sanitized() ?? "",
            isEnabled: json["enabled"]?.bool ?? true)
    }

    package var json: JSONValue {
        ["id": .string(id), "url": .string(address), "enabled": .bool(isEnabled)]
    }
}

extension UndoReport.Kept {
    package init?(_ json: JSONValue) {
        guard let field = json["field"]?.string else { return nil }
        self.init(
            field.sanitized(limit: 120), because: json["reason"]?.string?.sanitized() ?? "stays")
    }

    package var json: JSONValue { ["field": .string(field), "reason": .string(reason)] }
}
