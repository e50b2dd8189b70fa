/// What is written so that one webhook is as it should be.
extension WebhookKeeping {
    /// One that was made, and the secret that the service gave out for it.
    private typealias Made = (id: String, secret: Secret?)

    /// Looks again, since what was planned for may be gone.
    func apply() async throws(ProvisionError) -> ProvisionReport {
        let choice = try await choice()
        guard let kept = choice.kept else {
            let made = try await make(choice)
            // What the service gives out once is not lost for what happens to another.
            let done = choice.leaving(await stayed(choice))
            return report(.created, done, made.id, made)
        }
        if !changes(to: kept).isEmpty { try await mend(kept) }
        for other in choice.retired { try await retire(other) }
        for other in toDisable(choice) { try await disable(other) }
        return report(changes(choice).isEmpty ? .unchanged : .updated, choice, kept.id)
    }

    private func report(
        _ action: ProvisionPlan.Action, _ choice: WebhookChoice, _ id: String, _ made: Made? = nil
    ) -> ProvisionReport {
        let others = choice.duplicates.map { merges ? $0.duplicate.disabled : $0.duplicate }
        return ProvisionReport(
            action: action, changes: changes(choice),
            duplicates: others + choice.stayed.map(\.duplicate),
            details: ["webhookId": .string(id)], derived: derived(id, made),
            webhookSecret: made?.secret)
    }

    /// Nothing of one whose secret the environment says: once that is gone, it is not known.
    private func derived(_ id: String, _ made: Made?) -> [String: Secret] {
        if secretGiven != nil, context.isSecretFixed { return [:] }
        var derived = [Self.knownMember: Secret(id)]
        if secretTaken != nil { derived[Self.digestMember] = digest }
        derived[Self.madeMember] = made.map { Secret($0.id) }
        return derived
    }

    // MARK: Making

    private func make(_ choice: WebhookChoice) async throws(ProvisionError) -> Made {
        let body = collection.body(.object(collection.creation), try settings())
        let creation = WebhookCreation(
            address: url, listed: choice.listed, noted: context.derived[Self.madeMember])
        try await context.keep([creation.value])
        let answer: JSONValue
        do throws(ProvisionError) {
            answer = try await context.call("POST", collection.path, body, for: provider)
        } catch {
            // What was refused was not made, so that nothing of somebody else's is taken for it.
            if error.isRefusal { try? await context.keep([creation.refusal]) }
            throw error
        }
        return try await made(answer.value(at: collection.answered) ?? .null)
    }

    private var step: String { "POST \(collection.path)" }

    private func made(_ webhook: JSONValue) async throws(ProvisionError) -> Made {
        let id = collection.id(of: webhook)
        guard let secretGiven else {
            if let id { return (id, nil) }
            guard let found = receivers(among: try await all()).first else {
                throw .answerIsNot("a webhook", step: step)
            }
            return (found.id, nil)
        }
        guard let id else { throw .answerIsNot("a webhook", step: step) }
        guard let secret = webhook.value(at: secretGiven)?.string, !secret.isEmpty else {
            // Nobody could prove what it delivers.
            try? await delete(id)
            throw .unexpectedAnswer(
                step: step, status: nil, detail: "the answer has no secret at '\(secretGiven)'")
        }
        return (id, Secret(secret))
    }

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

    private func toDisable(_ choice: WebhookChoice) -> [ListedWebhook] {
        merges ? choice.duplicates.filter(\.isActive) : []
    }

    /// Ends the others as far as that works; the next run tries the rest again, and tells why.
    private func stayed(_ choice: WebhookChoice) async -> [ListedWebhook] {
        var stayed: [ListedWebhook] = []
        for other in choice.retired {
            do { try await retire(other) } catch { stayed.append(other) }
        }
        for other in toDisable(choice) {
            do { try await disable(other) } catch { stayed.append(other) }
        }
        return stayed
    }

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
        guard let flag = collection.active else { return try await delete(webhook.id) }
        try await set(webhook, [(flag.path, flag.off)])
    }
}
