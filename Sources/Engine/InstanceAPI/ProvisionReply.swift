/// What provisioning did, as the instance tells a client.
package struct ProvisionReply: Sendable, Equatable {
    package let action: String
    package let webhookURL: String?
    /// What was changed; none where the instance does not say.
    package let changes: [ProvisionPlan.Change]
    /// What else delivers to the same path.
    package let duplicates: [ProvisionPlan.Duplicate]
    /// Members that only this provider's answer has.
    package let details: [String: JSONValue]

    package init(
        action: String, webhookURL: URL, changes: [ProvisionPlan.Change] = [],
        duplicates: [ProvisionPlan.Duplicate] = [], details: [String: JSONValue]
    ) {
        self.action = action
        self.webhookURL = webhookURL.absoluteString
        self.changes = changes
        self.duplicates = duplicates
        self.details = details
    }

    /// Reads an answer; an instance that names no action tells whether something was created.
    package init?(_ json: JSONValue) {
        guard var members = json.object,
            members.removeValue(forKey: "provisioned")?.bool == true
        else { return nil }
        let created = members.removeValue(forKey: "created")?.bool ?? false
        action =
            members.removeValue(forKey: "action")?.string ?? (created ? "created" : "unchanged")
        webhookURL = members.removeValue(forKey: "webhookUrl")?.string
        changes = (members.removeValue(forKey: "changes")?.array ?? [])
            .compactMap(ProvisionPlan.Change.init)
        duplicates = (members.removeValue(forKey: "duplicates")?.array ?? [])
            .compactMap(ProvisionPlan.Duplicate.init)
        details = members
    }

    package var json: JSONValue {
        var members = details
        members["provisioned"] = true
        members["action"] = .string(action)
        members["created"] = .bool(action == "created")
        members["webhookUrl"] = webhookURL.map { .string($0) } ?? .null
        members["changes"] = .array(changes.map(\.json))
        members["duplicates"] = .array(duplicates.map(\.json))
        return .object(members)
    }
}
