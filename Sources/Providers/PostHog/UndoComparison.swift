import Engine

/// Which of the values that were replaced go back into one destination.
struct UndoComparison {
    /// The fields to set, by their names in the destination.
    private(set) var fields: [String: JSONValue] = [:]
    /// What that changes, by the same names.
    private var changes: [(name: String, change: ProvisionPlan.Change)] = []
    private var kept: [UndoReport.Kept] = []

    /// What makes no sense but together: an earlier template's schema, code and input.
    private static let template: Set = ["inputs_schema", "hog", "payload", "body"]

    init(_ values: [PriorValue], _ current: [String: JSONValue]) {
        let isTemplateKept = Self.isTemplateEdited(values, current)
        for value in values {
            let name = Self.name(value.field)
            let now = current[name] ?? .null
            if Self.isBack(value, now) || fields[name] != nil { continue }
            if value.before == DestinationInputs.unreadable {
                kept.append(.init(value.field, because: "was encrypted, so that it was not kept"))
            } else if !Self.isOurs(value, now) || isTemplateKept && Self.template.contains(name) {
                kept.append(.init(value.field, because: "was changed since"))
            } else {
                let before = value.field == CreatedDestination.field ? false : value.before
                fields[name] = before
                changes.append((name, Self.change(value.field, name, from: now, to: before)))
            }
        }
    }

    /// What is to be done.
    var report: UndoReport { UndoReport(changes: changes.map(\.change), kept: kept) }

    /// What was done: PostHog drops what it does not take without a word.
    func report(over written: Destination) -> UndoReport {
        let now = DestinationFields(written.json)
        let lost = changes.map(\.name).filter { name in
            !DestinationFields.isSame(name, now[name], fields[name] ?? .null)
        }
        return UndoReport(
            changes: changes.filter { !lost.contains($0.name) }.map(\.change),
            kept: kept + lost.map { .init($0, because: "was not taken back by PostHog") })
    }

    private static func isTemplateEdited(
        _ values: [PriorValue], _ current: [String: JSONValue]
    ) -> Bool {
        let parts = values.filter { template.contains($0.field) }
        return parts.contains { ["inputs_schema", "hog"].contains($0.field) }
            && parts.contains {
                let now = current[$0.field] ?? .null
                return !isOurs($0, now) && !isBack($0, now)
            }
    }

    private static func name(_ field: String) -> String {
        let isSwitch = field == CreatedDestination.field || ProvisionPlan.Duplicate.isField(field)
        return isSwitch ? "enabled" : field
    }

    private static func change(
        _ field: String, _ name: String, from now: JSONValue, to before: JSONValue
    ) -> ProvisionPlan.Change {
        .init(
            field == CreatedDestination.field ? name : field,
            from: DestinationFields.shown(name, now),
            to: DestinationFields.shown(name, before) ?? "none")
    }

    private static func isBack(_ value: PriorValue, _ now: JSONValue) -> Bool {
        if value.field == CreatedDestination.field { return now != true }
        return DestinationFields.isSame(name(value.field), now, value.before)
    }

    private static func isOurs(_ value: PriorValue, _ now: JSONValue) -> Bool {
        if value.field == CreatedDestination.field { return now == true }
        return DestinationFields.isSame(name(value.field), now, value.after)
    }
}
