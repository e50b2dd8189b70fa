/// The way back: what was there before, and an end of the deliveries.
extension WebhookKeeping {
    // MARK: Undoing

    func undo(
        _ values: [PriorValue], rehearsing: Bool
    ) async throws(ProvisionError) -> UndoReport {
        let all = try await all()
        var (changes, kept): ([Change], [UndoReport.Kept]) = ([], [])
        var objects: [String] = []
        for value in values where !objects.contains(value.object) { objects.append(value.object) }
        for object in objects {
            let own = values.filter { $0.object == object }
            guard let webhook = webhook(object, own, all) else {
                // One that was about to be made may never have been.
                kept += own.filter { $0.field != Self.createdField }
                    .map { .init($0.field, because: "is gone with its webhook") }
                continue
            }
            let steps = own.map { step($0, webhook, among: values) }
            changes += steps.compactMap(\.change)
            kept += steps.compactMap(\.kept)
            if !rehearsing { try await take(steps, webhook) }
        }
        return UndoReport(changes: changes, kept: kept)
    }

    /// What one value comes to; nothing where it is back already.
    private struct Step {
        var change: Change?
        var kept: UndoReport.Kept?
        var setting: Setting?
        var isDeletion = false
    }

    private func webhook(
        _ object: String, _ values: [PriorValue], _ all: [ListedWebhook]
    ) -> ListedWebhook? {
        guard let value = values.first(where: { $0.field == Self.createdField }) else {
            return all.first { $0.id == object }
        }
        return made(value, context.derived, all)
    }

    /// The one that was made: by its id, which a run that came to its end has noted, else by its
    /// address, where there was none before.
    private func made(
        _ value: PriorValue, _ derived: [String: Secret], _ all: [ListedWebhook]
    ) -> ListedWebhook? {
        let noted = derived[Self.madeMember]
        if value.before != Self.before(noted) { return all.first { Secret($0.id) == noted } }
        return all.first { $0.place == WebhookAddress(value.object).place }
    }

    private func step(
        _ value: PriorValue, _ webhook: ListedWebhook, among all: [PriorValue]
    ) -> Step {
        if value.field == Self.createdField { return ending(value, webhook) }
        if value.field == secretTaken?.description {
            // Of one that we made there was none before.
            let isMade = all.contains { $0.field == Self.createdField }
            return Step(
                kept: isMade ? nil : .init(value.field, because: "had a value that is not known"))
        }
        let isAddress = value.field == collection.address.description
        let now = isAddress ? JSONValue.string(webhook.address) : .bool(webhook.isActive)
        if now == value.before { return Step() }
        guard now.isSame(as: value.after) else {
            return Step(kept: .init(value.field, because: "was changed since"))
        }
        return Step(
            change: .init(value.field, from: Self.shown(now), to: Self.shown(value.before)),
            setting: isAddress ? (collection.address, value.before) : flag(value.before))
    }

    /// One that was made is disabled, or deleted where it cannot be.
    private func ending(_ value: PriorValue, _ webhook: ListedWebhook) -> Step {
        let field = (collection.active?.path ?? collection.address).description
        guard webhook.place == WebhookAddress(value.object).place else {
            return Step(kept: .init(field, because: "was changed since"))
        }
        guard let flag = flag(false) else {
            let shown = WebhookAddress(webhook.address).shown
            return Step(change: .init(field, from: shown, to: "none"), isDeletion: true)
        }
        if !webhook.isActive { return Step() }
        return Step(change: .init(field, from: "true", to: "false"), setting: flag)
    }

    private func take(
        _ steps: [Step], _ webhook: ListedWebhook
    ) async throws(ProvisionError) {
        if steps.contains(where: \.isDeletion) { return try await delete(webhook) }
        let settings = steps.compactMap(\.setting)
        if !settings.isEmpty { try await set(webhook, settings) }
    }

    private func flag(_ isOn: JSONValue) -> Setting? {
        collection.active.map { ($0.path, isOn == true ? $0.on : $0.off) }
    }

    private static func shown(_ value: JSONValue) -> String {
        value.string.map { WebhookAddress($0).shown } ?? (value == true ? "true" : "false")
    }

    // MARK: Removing

    /// What was made is deleted, and what was adopted is disabled, or deleted where it cannot be.
    func remove(_ removal: Removal) async throws(ProvisionError) -> RemovalReport {
        let here = try await all().filter { $0.place == ours }
        let made = made(among: here, removal)
        var removed: [RemovalReport.Removed] = []
        for webhook in here {
            let off = webhook == made ? nil : flag(false)
            if off != nil, !webhook.isActive { continue }
            removed.append(.init("webhook \(webhook.id)", off == nil ? .deleted : .disabled))
            if removal.isRehearsal { continue }
            if let off { try await set(webhook, [off]) } else { try await delete(webhook) }
        }
        return RemovalReport(removed: removed)
    }

    private func made(among ours: [ListedWebhook], _ removal: Removal) -> ListedWebhook? {
        let noted = removal.derived[Self.madeMember]
        let value = removal.values.first { $0.field == Self.createdField }
        return ours.first { Secret($0.id) == noted }
            ?? value.flatMap { made($0, removal.derived, ours) }
    }
}
