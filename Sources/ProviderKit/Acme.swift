public import Engine

/// A made-up service: the second provider that proves the engine to be nobody's own.
///
/// Its API has three calls: `GET /api/workspaces` lists `{id, name, hook}`,
/// `PUT /api/workspaces/<id>/hook` sets `{url, secret}`, or none where `url` is null, and
/// `POST /api/workspaces/<id>/test` has the hook called with the `id` that it is given and answers
/// `{status}`, what the hook answered, or `{}` when that is not known.
public struct Acme: Provider {
    /// The word in commands and paths.
    public let id: ProviderID = "acme"
    /// The name that nobody knows.
    public let name = "Acme"
    /// Two places that do not exist.
    public let hosts = [
        ProviderHost("Acme EU", "https://eu.acme.example"),
        ProviderHost("Acme US", "https://us.acme.example"),
    ]
    /// A public client with a registered id.
    public let authentication = Authentication.authorizationCode(clientID: "hogsend-cli")
    /// To read workspaces and to write hooks.
    public let scopes: [Scope] = ["workspaces:read", "hooks:write"]
    /// The workspace that the user picked, in the summary, and a word that is kept out of it.
    public let grantFields = [
        GrantField("workspace", as: "workspace", fallback: nil, isInSummary: true),
        GrantField("nickname", as: "nickname", fallback: nil),
    ]
    /// One flat event a delivery; those of test mode are left out.
    public let webhook: WebhookSource? = WebhookSource(
        secretHeader: "X-Acme-Secret", id: ["id"], event: ["type"], userID: ["user", "id"],
        occurredAt: ["at"], properties: ["data"], personProperties: ["user", "traits"],
        skippedWhenFalse: ["live"])

    /// Hooks need both scopes, the list of workspaces the first.
    public let features = [
        Feature("hooks", needs: ["workspaces:read", "hooks:write"]),
        Feature("workspace lists", needs: ["workspaces:read"]),
    ]
    /// What of the environment is read; nothing of it must be set.
    public let variables = [
        ProviderVariable("ACME_HOST", "the address of Acme's API"),
        ProviderVariable("ACME_API_KEY", "a key to use where there is no grant", isSecret: true),
        ProviderVariable("ACME_WORKSPACE", "the workspace, where there are several"),
        ProviderVariable(
            "ACME_WEBHOOK_SECRET", "what deliveries carry, instead of a minted secret",
            isSecret: true),
        ProviderVariable(
            "ACME_WEBHOOK_SECRET_PREVIOUS", "an earlier one that deliveries may still carry",
            isSecret: true),
    ]
    /// Names the workspaces.
    public let commands = [AcmeWorkspaces.command]

    /// Makes the provider, which has no state.
    public init() {}

    /// Lists the workspaces, also under a path of old.
    public func adminRoutes(_ access: ProviderAccess) -> [AdminRoute] {
        [
            AdminRoute("GET", "workspaces", alias: "/v1/admin/acme-workspaces") {
                request throws(AdminRefusal) in
                try await AcmeWorkspaces(access: access).list(request)
            },
            AdminRoute("POST", "echo/{word}") { request throws(AdminRefusal) in
                [
                    "word": .string(request.parameters["word"] ?? ""), "body": request.body,
                    "query": .object(request.query.mapValues { .string($0) }),
                ]
            },
        ]
    }

    /// Reads the variables whose names begin with `ACME_`.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    {
        ProviderConfiguration(
            host: environment["ACME_HOST"].flatMap { URL(string: $0) },
            personalKey: environment["ACME_API_KEY"].map { Secret($0) },
            webhookSecret: environment["ACME_WEBHOOK_SECRET"].map { Secret($0) },
            webhookSecretVariable: "ACME_WEBHOOK_SECRET",
            previousWebhookSecret: environment["ACME_WEBHOOK_SECRET_PREVIOUS"].map { Secret($0) },
            project: environment["ACME_WORKSPACE"],
            connectInfo: ["apiKeyConfigured": .bool(environment["ACME_API_KEY"] != nil)])
    }

    /// Compares the workspace's hook with the instance's address.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        let workspace = try await workspace(context)
        let hook = workspace["hook"]?.string
        let wanted = context.webhookURL.absoluteString
        guard hook != wanted || context.webhookSecret == nil || context.isSecretNew else {
            return ProvisionPlan(action: .unchanged, changes: [], target: workspace)
        }
        return ProvisionPlan(
            action: hook == nil ? .created : .updated,
            changes: hook == wanted
                ? [.init("secret", from: "[redacted]", to: "[redacted]")]
                : [.init("hook", from: hook, to: wanted)], target: workspace)
    }

    /// Sets the hook, after what it replaces is kept.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    {
        let id = plan.target["id"]?.string ?? ""
        if plan.action != .unchanged {
            let old = plan.target["hook"] ?? .null
            try await context.keep([
                PriorValue(
                    object: id, field: "hook", before: old,
                    after: .string(context.webhookURL.absoluteString))
            ])
            let secret = context.webhookSecret?.reveal() ?? ""
            let hook: JSONValue = [
                "url": .string(context.webhookURL.absoluteString), "secret": .string(secret),
            ]
            _ = try await send("PUT", "/api/workspaces/\(id)/hook", hook, context)
        }
        return ProvisionReport(
            action: plan.action, changes: plan.changes, details: ["workspaceId": .string(id)],
            derived: ["workspaceName": Secret(plan.target["name"]?.string ?? "")])
    }

    /// Has the workspace's hook called.
    public func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending? {
        let id = try await workspace(context)["id"]?.string ?? ""
        return { event throws(ProvisionError) in
            let body: JSONValue = ["id": .string(event.id)]
            let answer = try await send("POST", "/api/workspaces/\(id)/test", body, context)
            return answer["status"]?.integer.map { .answered(status: Int($0)) } ?? .sent
        }
    }

    /// Puts the earlier hook back, without a secret, since none can be read.
    public func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    {
        var changes: [ProvisionPlan.Change] = []
        var kept: [UndoReport.Kept] = []
        let workspaces = try await send("GET", "/api/workspaces", nil, context).array ?? []
        for value in values {
            let now = workspaces.first { $0["id"]?.string == value.object }?["hook"] ?? .null
            if now == value.before { continue }
            guard now == value.after else {
                kept.append(.init(value.field, because: "was changed since"))
                continue
            }
            changes.append(.init("hook", from: now.string, to: value.before.string ?? "none"))
            if rehearsing { continue }
            let path = "/api/workspaces/\(value.object)/hook"
            _ = try await send("PUT", path, ["url": value.before], context)
        }
        return UndoReport(changes: changes, kept: kept)
    }

    /// Takes the hook out of every workspace that posts to this instance.
    public func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    {
        var removed: [RemovalReport.Removed] = []
        let workspaces = try await send("GET", "/api/workspaces", nil, context).array ?? []
        for workspace in workspaces
        where workspace["hook"]?.string == context.webhookURL.absoluteString {
            let id = workspace["id"]?.string ?? ""
            if !removal.isRehearsal {
                _ = try await send("PUT", "/api/workspaces/\(id)/hook", ["url": .null], context)
            }
            removed.append(.init("hook of \(id)", .deleted))
        }
        return RemovalReport(removed: removed)
    }

    /// The one that was asked for, or the only one.
    private func workspace(_ context: ProvisionContext) async throws(ProvisionError) -> JSONValue {
        let list = try await send("GET", "/api/workspaces", nil, context).array ?? []
        let chosen = context.project.map { id in list.filter { $0["id"]?.string == id } } ?? list
        if let only = chosen.first, chosen.count == 1 { return only }
        throw .projectDiscoveryFailed(
            reason: "several workspaces are possible, or none",
            candidates: list.map {
                .init(id: $0["id"]?.string ?? "", name: $0["name"]?.string ?? "")
            })
    }

    private func send(
        _ method: String, _ path: String, _ body: JSONValue?, _ context: ProvisionContext
    ) async throws(ProvisionError) -> JSONValue {
        guard let url = context.host.appending(rawPath: path) else {
            throw .unexpectedAnswer(step: "\(method) \(path)", status: nil, detail: nil)
        }
        let request = body.map { HTTPRequest.json(method, url, $0) } ?? HTTPRequest(method, url)
        guard let response = try? await context.api.send(request) else {
            throw .unexpectedAnswer(step: "\(method) \(path)", status: nil, detail: nil)
        }
        switch response.status {
        case 200: return JSONValue(decoding: response.body) ?? nil
        case 401: throw .unauthorized(provider: id)
        case 403: throw .missingScope("hooks:write", provider: id)
        default:
            throw .unexpectedAnswer(
                step: "\(method) \(path)", status: response.status, detail: nil)
        }
    }
}
