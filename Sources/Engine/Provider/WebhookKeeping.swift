/// Keeps one webhook of a ``WebhookCollection`` as it should be: finds it by where it delivers to,
/// makes or mends it, puts it back and takes it away.
struct WebhookKeeping {
    typealias Change = ProvisionPlan.Change
    typealias Setting = (path: JSONPath, value: JSONValue)

    /// The names of what is kept of provisioning: the webhook that has the secret, a digest of that
    /// secret, and the latest webhook that was made.
    static let knownMember = "webhookID"
    static let digestMember = "webhookSecretDigest"
    static let madeMember = "webhookMade"
    /// How one that did not exist before is kept: its address stands for the id that it has yet to
    /// get, and the value before is what was noted as made until then.
    static let createdField = "created"
    private static let hidden = "[redacted]"

    let collection: WebhookCollection
    let provider: ProviderID
    let name: String
    let context: ProvisionContext

    var url: String { context.webhookURL.absoluteString }
    var ours: Substring { WebhookAddress(url).place }
    private var merges: Bool { context.mergesDuplicates && collection.active != nil }

    // MARK: Planning

    func plan() async throws(ProvisionError) -> ProvisionPlan {
        let found = try await receivers()
        let changes = changes(of: found)
        return ProvisionPlan(
            action: found.isEmpty ? .created : changes.isEmpty ? .unchanged : .updated,
            changes: changes, duplicates: found.dropFirst().map(\.duplicate),
            target: found.first.map { .string($0.id) } ?? .null)
    }

    private func changes(of found: [ListedWebhook]) -> [Change] {
        let others = merges ? found.dropFirst().compactMap(\.duplicate.disabling) : []
        return changes(to: found.first) + others
    }

    private func changes(to kept: ListedWebhook?) -> [Change] {
        var changes: [Change] = []
        if kept?.place != ours {
            let before = kept.map { WebhookAddress($0.address).shown }
            changes.append(.init(collection.address.description, from: before, to: url))
        }
        if let flag = collection.active, let kept, !kept.isActive {
            changes.append(.init(flag.path.description, from: "false", to: "true"))
        }
        if let secret = collection.secret, !isTold(kept) {
            let before = kept.map { _ in Self.hidden }
            changes.append(.init(secret.description, from: before, to: Self.hidden))
        }
        return changes
    }

    /// A secret cannot be read back: a run that came to its end has noted which one it sent.
    private func isTold(_ kept: ListedWebhook?) -> Bool {
        guard let kept, let digest, !context.isSecretNew else { return false }
        return context.derived[Self.knownMember] == Secret(kept.id)
            && context.derived[Self.digestMember] == digest
    }

    private var digest: Secret? {
        guard let secret = context.webhookSecret, let hash = try? SHA256.hash(secret.bytes) else {
            return nil
        }
        return Secret(Data(hash).base64EncodedString())
    }

    // MARK: Applying

    /// Looks again, since what was planned for may be gone.
    func apply() async throws(ProvisionError) -> ProvisionReport {
        let found = try await receivers()
        let changes = changes(of: found)
        guard let kept = found.first else {
            return report(.created, changes, try await make())
        }
        if !self.changes(to: kept).isEmpty { try await mend(kept) }
        for other in found.dropFirst() where merges && other.isActive { try await disable(other) }
        return report(
            changes.isEmpty ? .unchanged : .updated, changes, kept.id,
            found.dropFirst().map { merges ? $0.duplicate.disabled : $0.duplicate })
    }

    private func make() async throws(ProvisionError) -> String {
        let body = try settings().reduce(JSONValue.object(collection.creation)) {
            $0.setting($1.value, at: $1.path.names[...])
        }
        try await context.keep([
            PriorValue(
                object: url, field: Self.createdField,
                before: Self.before(context.derived[Self.madeMember]), after: true)
        ])
        let answer = try await context.call("POST", collection.path, body, for: provider)
        if let id = collection.id(of: answer) { return id }
        guard let id = try await receivers().first?.id else {
            throw .answerIsNot("a webhook", step: "POST \(collection.path)")
        }
        return id
    }

    static func before(_ made: Secret?) -> JSONValue { made.map { .string($0.reveal()) } ?? .null }

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
        if let secret = collection.secret, context.derived[Self.knownMember] != Secret(kept.id) {
            replace(secret, nil, true)
        }
        let settings = try settings() + (collection.active.map { [($0.path, $0.on)] } ?? [])
        if !values.isEmpty { try await context.keep(values) }
        try await set(kept, settings)
    }

    private func settings() throws(ProvisionError) -> [Setting] {
        let address: Setting = (collection.address, .string(url))
        guard let path = collection.secret else { return [address] }
        guard let secret = context.webhookSecret else {
            throw .unexpectedAnswer(
                step: "provisioning", status: nil, detail: "the webhook secret is missing")
        }
        return [address, (path, .string(secret.reveal()))]
    }

    private func disable(_ webhook: ListedWebhook) async throws(ProvisionError) {
        guard let flag = collection.active else { return }
        let field = ProvisionPlan.Duplicate.field(webhook.id)
        try await context.keep([
            PriorValue(object: webhook.id, field: field, before: true, after: false)
        ])
        try await set(webhook, [(flag.path, flag.off)])
    }

    private func report(
        _ action: ProvisionPlan.Action, _ changes: [Change], _ id: String,
        _ duplicates: [ProvisionPlan.Duplicate] = []
    ) -> ProvisionReport {
        var derived = [Self.knownMember: Secret(id)]
        derived[Self.digestMember] = digest
        if action == .created { derived[Self.madeMember] = Secret(id) }
        return ProvisionReport(
            action: action, changes: changes, duplicates: duplicates,
            details: ["webhookId": .string(id)], derived: derived)
    }
}
