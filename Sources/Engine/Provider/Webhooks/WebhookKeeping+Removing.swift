/// An end of the deliveries.
extension WebhookKeeping {
    /// What was made is deleted, and what was adopted is disabled, or deleted where it cannot be.
    func remove(_ removal: Removal) async throws(ProvisionError) -> RemovalReport {
        let all = try await all()
        let made = WebhookCreation.made(removal.values, removal.derived, among: all)
        let noted = removal.derived[Self.madeMember]
        var removed: [RemovalReport.Removed] = []
        for webhook in all where webhook.place == ours {
            let isMade = made.contains(webhook) || noted == Secret(webhook.id)
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
