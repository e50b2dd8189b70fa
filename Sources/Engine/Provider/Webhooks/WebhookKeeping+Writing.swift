/// What is written so that one webhook is as it should be.
extension WebhookKeeping {
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
        for other in ends(choice) { try await end(other) }
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

    /// Nothing of one whose secret is set or pasted: once that is gone, it is not known.
    private func derived(_ id: String, _ made: Made?) -> [String: Secret] {
        if secretGiven != nil, context.isSecretFixed { return [:] }
        var derived = [Self.knownMember: Secret(id)]
        if secretTaken != nil { derived[Self.digestMember] = digest }
        derived[Self.madeMember] = made.map { Secret($0.id) }
        return derived
    }

    func settings() throws(ProvisionError) -> [Setting] {
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
}
