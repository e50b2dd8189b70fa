/// What is written so that one webhook is as it should be.
extension WebhookKeeping {
    /// One that was made, and the secret that the service gave out for it.
    private typealias Made = (id: String, secret: Secret?)

    /// Looks again, since what was planned for may be gone.
    func apply() async throws(ProvisionError) -> ProvisionReport {
        let choice = try await choice()
        let changes = changes(choice)
        let made = choice.kept == nil ? try await make() : nil
        guard let id = made?.id ?? choice.kept?.id else { return .init(action: .unchanged) }
        if let kept = choice.kept, !self.changes(to: kept).isEmpty { try await mend(kept) }
        for other in choice.retired { try await retire(other) }
        for other in choice.duplicates where merges && other.isActive { try await disable(other) }
        var derived = [Self.knownMember: Secret(id)]
        derived[Self.digestMember] = digest
        derived[Self.madeMember] = made.map { Secret($0.id) }
        return ProvisionReport(
            action: made != nil ? .created : changes.isEmpty ? .unchanged : .updated,
            changes: changes,
            duplicates: choice.duplicates.map { merges ? $0.duplicate.disabled : $0.duplicate },
            details: ["webhookId": .string(id)], derived: derived, webhookSecret: made?.secret)
    }

    // MARK: Making

    private func make() async throws(ProvisionError) -> Made {
        let body = collection.body(.object(collection.creation), try settings())
        try await context.keep([
            PriorValue(
                object: url, field: Self.createdField,
                before: Self.before(context.derived[Self.madeMember]), after: true)
        ])
        let answer =
            try await context.call("POST", collection.path, body, for: provider)
            .value(at: collection.answered) ?? .null
        let secret = try secretGiven.map { place throws(ProvisionError) in
            try given(answer, at: place)
        }
        if let id = collection.id(of: answer) { return (id, secret) }
        // One whose secret is given has to be the very one.
        guard secret == nil, let id = try await receivers().first?.id else {
            throw .answerIsNot("a webhook", step: creation)
        }
        return (id, nil)
    }

    private var creation: String { "POST \(collection.path)" }

    private func given(
        _ answer: JSONValue, at place: JSONPath
    ) throws(ProvisionError) -> Secret {
        guard let secret = answer.value(at: place)?.string, !secret.isEmpty else {
            throw .unexpectedAnswer(
                step: creation, status: nil, detail: "the answer has no secret at '\(place)'")
        }
        return Secret(secret)
    }

    static func before(_ made: Secret?) -> JSONValue { made.map { .string($0.reveal()) } ?? .null }

    private func settings() throws(ProvisionError) -> [Setting] {
        let address: Setting = (collection.address, .string(url))
        guard let secretTaken else { return [address] }
        guard let secret = context.webhookSecret else {
            throw .unexpectedAnswer(
                step: "provisioning", status: nil, detail: "the webhook secret is missing")
        }
        return [address, (secretTaken, .string(secret.reveal()))]
    }

    // MARK: Mending

    private func mend(_ kept: ListedWebhook) async throws(ProvisionError) {
        var values: [PriorValue] = []
        func replace(_ path: JSONPath, _ before: JSONValue, _ after: JSONValue) {
            values.append(
                PriorValue(
                    object: kept.id, field: path.description, before: before, after: after))
        }
        if kept.place != ours { replace(collection.address, .string(kept.address), .string(url)) }
        if let flag = collection.active, !kept.isActive { replace(flag.path, false, true) }
        // One of somebody else's has a secret that cannot go back, which undoing has to say.
        if let secretTaken, context.derived[Self.knownMember] != Secret(kept.id) {
            replace(secretTaken, nil, true)
        }
        let settings = try settings() + (collection.active.map { [($0.path, $0.on)] } ?? [])
        if !values.isEmpty { try await context.keep(values) }
        try await set(kept, settings)
    }

    // MARK: Ending others

    private func disable(_ webhook: ListedWebhook) async throws(ProvisionError) {
        guard let flag = collection.active else { return }
        let field = ProvisionPlan.Duplicate.field(webhook.id)
        try await context.keep([
            PriorValue(object: webhook.id, field: field, before: true, after: false)
        ])
        try await set(webhook, [(flag.path, flag.off)])
    }

    /// Nothing is kept of it: to have it deliver again would be of use to nobody.
    private func retire(_ webhook: ListedWebhook) async throws(ProvisionError) {
        guard let flag = collection.active else { return try await delete(webhook) }
        try await set(webhook, [(flag.path, flag.off)])
    }
}
