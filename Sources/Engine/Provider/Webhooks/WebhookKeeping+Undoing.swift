/// The way back to what was there before.
extension WebhookKeeping {
    func undo(
        _ values: [PriorValue], rehearsing: Bool
    ) async throws(ProvisionError) -> UndoReport {
        let all = try await all()
        let made = WebhookCreation.made(values, context.derived, among: all)
        var (changes, kept): ([Change], [UndoReport.Kept]) = ([], [])
        func take(_ steps: [Step], _ webhook: ListedWebhook) async throws(ProvisionError) {
            changes += steps.compactMap(\.change)
            kept += steps.compactMap(\.kept)
            if !rehearsing { try await write(steps, webhook) }
        }
        let places = WebhookCreation.places(values)
        for webhook in made { try await take([ending(webhook, made: places)], webhook) }
        // What was made is ended as it is.
        let others = values.filter { value in
            !WebhookCreation.isField(value.field) && !made.contains { $0.id == value.object }
        }
        var objects: [String] = []
        for value in others where !objects.contains(value.object) { objects.append(value.object) }
        for object in objects {
            let own = others.filter { $0.object == object }
            guard let webhook = all.first(where: { $0.id == object }) else {
                kept += own.map { .init($0.field, because: "is gone with its webhook") }
                continue
            }
            try await take(own.map { step($0, webhook) }, webhook)
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

    private func step(_ value: PriorValue, _ webhook: ListedWebhook) -> Step {
        if value.field == secretTaken?.description {
            return Step(kept: .init(value.field, because: "had a value that is not known"))
        }
        let isAddress = value.field == collection.address.description
        let now = isAddress ? JSONValue.string(webhook.address) : .bool(webhook.isActive)
        if now == value.before { return Step() }
        guard now.isSame(as: value.after) else {
            return Step(kept: .init(value.field, because: "was changed since"))
        }
        return Step(
            change: .init(value.field, from: shown(now, value), to: shown(value.before, value)),
            setting: isAddress ? (collection.address, value.before) : flag(value.before))
    }

    /// One that was made is disabled, or deleted where it cannot be.
    private func ending(_ webhook: ListedWebhook, made places: Set<Substring>) -> Step {
        let field = (collection.active?.path ?? collection.address).description
        guard places.contains(webhook.place) else {
            return Step(kept: .init(field, because: "was changed since"))
        }
        guard let flag = flag(false) else {
            let shown = WebhookAddress(webhook.address).shown
            return Step(change: .init(field, from: shown, to: "none"), isDeletion: true)
        }
        if !webhook.isActive { return Step() }
        let change = collection.active.map {
            Change(field, from: $0.shown(true), to: $0.shown(false))
        }
        return Step(change: change, setting: flag)
    }

    private func write(
        _ steps: [Step], _ webhook: ListedWebhook
    ) async throws(ProvisionError) {
        if steps.contains(where: \.isDeletion) { return try await delete(webhook.id) }
        let settings = steps.compactMap(\.setting)
        if !settings.isEmpty { try await set(webhook, settings) }
    }

    private func flag(_ isOn: JSONValue) -> Setting? {
        collection.active.map { ($0.path, isOn == true ? $0.on : $0.off) }
    }

    /// A duplicate's flag is told as every provider's is.
    private func shown(_ json: JSONValue, _ value: PriorValue) -> String {
        if let address = json.string { return WebhookAddress(address).shown }
        let isOwn = value.field == collection.active?.path.description
        return (isOwn ? collection.active?.shown(json == true) : nil)
            ?? (json == true ? "true" : "false")
    }
}
