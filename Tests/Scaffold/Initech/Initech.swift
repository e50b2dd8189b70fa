public import Engine

/// Initech, a service with an OAuth server and one webhook for each account.
public struct Initech: Provider {
    /// The word in commands and paths.
    public let id: ProviderID = "initech"
    /// The name that people know.
    public let name = "Initech"
    /// Its one address, so that nobody is asked.
    public let hosts = [ProviderHost("Initech", "https://api.initech.example")]
    /// A public client, known by the address of its metadata document.
    public let authentication = Authentication.authorizationCode(
        clientID: "https://hogsend.com/.well-known/hogsend-initech-client.json")
    /// What the grant must allow.
    public let scopes: [Scope] = ["hooks:write"]
    /// What does not work without it.
    public let features = [Feature("the webhook", needs: ["hooks:write"])]
    /// One flat event a delivery, signed with the secret that the service was told.
    public let webhook: WebhookSource? = WebhookSource(
        verification: .hmacSHA256(header: "X-Initech-Signature", prefix: "sha256="),
        id: ["id"], event: ["type"], userID: ["user", "id"], occurredAt: ["at"],
        properties: ["data"], personProperties: ["user"])

    /// Makes the provider, which has no state.
    public init() {}

    /// Compares the account's webhook with the instance's address.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        let (found, wanted) = (try await hook(context), context.webhookURL.absoluteString)
        let isRight = found == wanted && context.webhookSecret != nil && !context.isSecretNew
        return ProvisionPlan(
            action: isRight ? .unchanged : found == nil ? .created : .updated,
            changes: isRight ? [] : [.init("url", from: found, to: wanted)],
            target: found.map { .string($0) } ?? .null)
    }

    /// Sets address and secret, after what they replace is kept.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    {
        let url = JSONValue.string(context.webhookURL.absoluteString)
        let old = PriorValue(object: "webhook", field: "url", before: plan.target, after: url)
        let secret = JSONValue.string(context.webhookSecret?.reveal() ?? "")
        if plan.action != .unchanged {
            try await context.keep([old])
            _ = try await context.call("PUT", path, ["url": url, "secret": secret], for: id)
        }
        return ProvisionReport(action: plan.action, changes: plan.changes)
    }

    /// Puts the earlier address back, where nobody has set another one since.
    public func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    {
        guard let old = values.first?.before, let now = try await hook(context), now != old.string
        else { return UndoReport() }
        guard now == values.last?.after.string else {
            return UndoReport(kept: [.init("url", because: "was changed since")])
        }
        if !rehearsing { _ = try await context.call("PUT", path, ["url": old], for: id) }
        return UndoReport(changes: [.init("url", from: now, to: old.string ?? "none")])
    }

    /// Takes the webhook away where it posts to this instance.
    public func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    {
        let isOurs = try await hook(context) == context.webhookURL.absoluteString
        if isOurs, !removal.isRehearsal {
            _ = try await context.call("PUT", path, ["url": nil], for: id)
        }
        return RemovalReport(removed: isOurs ? [.init("the webhook", .deleted)] : [])
    }

    private var path: String { "/v1/webhook" }

    private func hook(_ context: ProvisionContext) async throws(ProvisionError) -> String? {
        try await context.call("GET", path, for: id)["url"]?.string
    }
}
