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
    private static let hidden = "[redacted]"

    let collection: WebhookCollection
    let mintsSecret: Bool
    let provider: ProviderID
    let name: String
    let context: ProvisionContext

    var url: String { context.webhookURL.absoluteString }
    var ours: Substring { WebhookAddress(url).place }
    var merges: Bool { context.mergesDuplicates && collection.active != nil }
    /// Where the secret is told to the service.
    var secretTaken: JSONPath? { mintsSecret ? collection.secret : nil }
    /// Where the service tells, when one is made and never again, the secret that it chose.
    var secretGiven: JSONPath? { mintsSecret ? nil : collection.secret }

    // MARK: Planning

    func plan() async throws(ProvisionError) -> ProvisionPlan {
        let choice = try await choice()
        let changes = changes(choice)
        return ProvisionPlan(
            action: choice.kept == nil ? .created : changes.isEmpty ? .unchanged : .updated,
            changes: changes, duplicates: choice.duplicates.map(\.duplicate),
            target: choice.kept.map { .string($0.id) } ?? .null)
    }

    func changes(_ choice: WebhookChoice) -> [Change] {
        changes(to: choice.kept) + choice.retired.map(retirement)
            + (merges ? choice.duplicates.compactMap(\.duplicate.disabling) : [])
    }

    func changes(to kept: ListedWebhook?) -> [Change] {
        var changes: [Change] = []
        if kept?.place != ours {
            let before = kept.map { WebhookAddress($0.address).shown }
            changes.append(.init(collection.address.description, from: before, to: url))
        }
        if let flag = collection.active, let kept, !kept.isActive {
            changes.append(
                .init(flag.path.description, from: flag.shown(false), to: flag.shown(true)))
        }
        if let secretTaken, !isTold(kept) {
            let before = kept.map { _ in Self.hidden }
            changes.append(.init(secretTaken.description, from: before, to: Self.hidden))
        }
        return changes
    }

    /// A secret cannot be read back: a run that came to its end has noted which one it sent.
    private func isTold(_ kept: ListedWebhook?) -> Bool {
        guard let kept, let digest, !context.isSecretNew else { return false }
        return context.derived[Self.knownMember] == Secret(kept.id)
            && context.derived[Self.digestMember] == digest
    }

    var digest: Secret? {
        guard let secret = context.webhookSecret, let hash = try? SHA256.hash(secret.bytes) else {
            return nil
        }
        return Secret(Data(hash).base64EncodedString())
    }

    private func retirement(_ webhook: ListedWebhook) -> Change {
        .init(
            ProvisionPlan.Duplicate.field(webhook.id), from: "true",
            to: collection.active == nil
                ? "none, since nobody knows its secret" : "false, since nobody knows its secret")
    }
}
