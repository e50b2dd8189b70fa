/// An end of the deliveries.
extension WebhookKeeping {
    /// What is known to be made is deleted, and all else is disabled, or deleted where it cannot be.
    func remove(_ removal: Removal) async throws(ProvisionError) -> RemovalReport {
        let all = try await all()
        let made = WebhookCreation.made(removal.values, removal.derived, among: all)
        let known = [Self.madeMember, Self.knownMember].map { removal.derived[$0] }
        var removed: [RemovalReport.Removed] = []
        for webhook in all where webhook.place == ours {
            let isMade =
                known[0] == Secret(webhook.id)
                || known[1] == Secret(webhook.id) && made.contains(webhook)
            let flag = isMade ? nil : collection.active
            if flag != nil, !webhook.isActive { continue }
            removed.append(.init("webhook \(webhook.id)", flag == nil ? .deleted : .disabled))
            if removal.isRehearsal { continue }
            if let flag {
                try await set(webhook, [(flag.path, flag.off)])
            } else {
                try await delete(webhook.id)
            }
        }
        return RemovalReport(removed: removed)
    }
}
