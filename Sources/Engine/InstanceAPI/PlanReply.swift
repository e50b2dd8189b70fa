/// What provisioning would change, as the instance tells a client.
package struct PlanReply: Sendable, Equatable {
    package let action: String
    package let webhookURL: String?
    package let changes: [ProvisionPlan.Change]
    package let duplicates: [ProvisionPlan.Duplicate]

    package init(_ plan: ProvisionPlan, webhookURL: URL) {
        action = plan.action.rawValue
        self.webhookURL = webhookURL.absoluteString
        changes = plan.changes
        duplicates = plan.duplicates
    }

    /// Nil for an answer that is not known to be a plan alone.
    package init?(_ json: JSONValue) {
        guard json["plan"] == true || json["drift"]?.bool != nil,
            let action = json["action"]?.string, let changes = json["changes"]?.array
        else { return nil }
        self.action = action.sanitized(limit: 40)
        webhookURL = json["webhookUrl"]?.string?.sanitized()
        self.changes = changes.compactMap(ProvisionPlan.Change.init)
        duplicates = (json["duplicates"]?.array ?? []).compactMap(ProvisionPlan.Duplicate.init)
    }

    /// Whether something is to be written.
    package var isPending: Bool { action != ProvisionPlan.Action.unchanged.rawValue }

    package var json: JSONValue {
        members(["plan": true])
    }

    /// The same for one who asks whether things are still as they should be.
    package var driftJSON: JSONValue {
        members(["drift": .bool(isPending)])
    }

    private func members(_ first: [String: JSONValue]) -> JSONValue {
        let rest: [String: JSONValue] = [
            "action": .string(action), "webhookUrl": webhookURL.map { .string($0) } ?? .null,
            "changes": .array(changes.map(\.json)),
            "duplicates": .array(duplicates.map(\.json)),
        ]
        return .object(first.merging(rest) { $1 })
    }
}

/// What undoing put back, or would, as the instance tells a client.
package struct UndoReply: Sendable, Equatable {
    package let isPlan: Bool
    /// When the change was made that is undone.
    package let changedAt: String
    package let changes: [ProvisionPlan.Change]
    package let kept: [UndoReport.Kept]

    package init(_ report: UndoReport, isPlan: Bool, changedAt: String) {
        self.isPlan = isPlan
        self.changedAt = changedAt
        changes = report.changes
        kept = report.kept
    }

    /// Nil for an answer that is not known to be one to a request to undo.
    package init?(_ json: JSONValue) {
        guard json["undo"] == true, let changes = json["changes"]?.array else { return nil }
        isPlan = json["plan"]?.bool ?? false
        changedAt = json["changedAt"]?.string?.sanitized(limit: 40) ?? ""
        self.changes = changes.compactMap(ProvisionPlan.Change.init)
        kept = (json["kept"]?.array ?? []).compactMap(UndoReport.Kept.init)
    }

    package var json: JSONValue {
        [
            "undo": true, "plan": .bool(isPlan), "changedAt": .string(changedAt),
            "changes": .array(changes.map(\.json)), "kept": .array(kept.map(\.json)),
        ]
    }
}
