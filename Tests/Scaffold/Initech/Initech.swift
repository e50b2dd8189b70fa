public import Engine

/// Initech, a service with an OAuth server and webhooks that an account has any number of.
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
    /// `{"data": [{"id": "h1", "target": "https://…", "active": true}]}`, and a secret to be set.
    public let webhookCollection: WebhookCollection? = WebhookCollection(
        "/v2/webhooks", list: ["data"], id: ["id"], address: ["target"], secret: ["secret"],
        active: ["active"], creation: ["events": ["*"]])

    /// Makes the provider, which has no state.
    public init() {}
}
