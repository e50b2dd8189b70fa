public import Engine

/// NewService: what it is, and where its API and its webhooks are described.
public struct NewService: Provider {
    /// The word in commands and paths.
    public let id: ProviderID = "new-service"
    /// The name that people know.
    public let name = "NewService"
    /// The places to choose from; a single one is taken without a question.
    public let hosts = [ProviderHost("NewService", "https://new-service.example")]
    /// A public client, known by the address of its metadata document.
    public let authentication = Authentication.authorizationCode(
        clientID: "https://hogsend.com/.well-known/hogsend-new-service-client.json")
    /// What the grant must allow.
    public let scopes: [Scope] = ["hooks:write"]
    /// What the user gains by it.
    public let features = [Feature("the webhook", needs: ["hooks:write"])]
    /// How deliveries prove themselves, and where their parts stand.
    public let webhook: WebhookSource? = WebhookSource(
        verification: .hmacSHA256(header: "X-NewService-Signature", prefix: "sha256="),
        id: ["id"], event: ["type"], userID: ["user", "id"], occurredAt: ["at"],
        properties: ["data"], personProperties: ["user"])
    /// What of the instance's environment is read.
    public let variables = [
        ProviderVariable("NEW_SERVICE_WEBHOOK_SECRET", "what signs deliveries", isSecret: true)
    ]

    /// Makes the provider, which has no state.
    public init() {}

    /// Reads the variables whose names begin with `NEW_SERVICE_`.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    {
        ProviderConfiguration(
            webhookSecret: environment["NEW_SERVICE_WEBHOOK_SECRET"].map { Secret($0) },
            webhookSecretVariable: "NEW_SERVICE_WEBHOOK_SECRET")
    }
}
