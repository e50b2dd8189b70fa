/// What is ended beside the one that is kept.
extension WebhookKeeping {
    /// How one is ended: what was a duplicate can be put back, and nothing is gained by that of one
    /// whose secret nobody knows.
    enum Ending {
        case retirement(ListedWebhook)
        case disabling(ListedWebhook)

        var webhook: ListedWebhook {
            switch self {
            case .retirement(let webhook), .disabling(let webhook): webhook
            }
        }
    }

    func ends(_ choice: WebhookChoice) -> [Ending] {
        let duplicates = merges ? choice.duplicates.filter(\.isActive) : []
        return choice.retired.map { .retirement($0) } + duplicates.map { .disabling($0) }
    }

    func end(_ ending: Ending) async throws(ProvisionError) {
        let webhook = ending.webhook
        guard let flag = collection.active else { return try await delete(webhook.id) }
        if case .disabling = ending {
            let field = ProvisionPlan.Duplicate.field(webhook.id)
            try await context.keep([
                PriorValue(object: webhook.id, field: field, before: true, after: false)
            ])
        }
        try await set(webhook, [(flag.path, flag.off)])
    }

    /// Ends them as far as that works; the next run tries the rest again, and tells why.
    func stayed(_ choice: WebhookChoice) async -> [ListedWebhook] {
        var stayed: [ListedWebhook] = []
        for ending in ends(choice) {
            do { try await end(ending) } catch { stayed.append(ending.webhook) }
        }
        return stayed
    }
}
