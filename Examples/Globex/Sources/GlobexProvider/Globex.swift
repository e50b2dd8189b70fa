public import Engine

/// Globex, a service for devices: its user types a code on whatever has a browser (RFC 8628).
public struct Globex: Provider {
    /// The word in commands and paths.
    public let id: ProviderID = "globex"
    /// The name that people know.
    public let name = "Globex"
    /// Its one address, so that nobody is asked.
    public let hosts = [ProviderHost("Globex", "https://globex.example")]
    /// A public client that is registered there, without a redirect URI.
    public let authentication = Authentication.deviceCode(clientID: "hogsend")
    /// What the grant must allow.
    public let scopes: [Scope] = ["alerts:read"]
    /// What the user gains by it.
    public let features = [Feature("alerts as events", needs: ["alerts:read"])]
    /// Deliveries by Standard Webhooks; Globex makes the secret and shows it on its page.
    public let webhook: WebhookSource? = WebhookSource(
        verification: .standardWebhooks(), mintsSecret: false,
        id: ["id"], event: ["type"], userID: ["owner"], occurredAt: ["timestamp"],
        properties: ["data"], personProperties: ["person"])
    /// What of the instance's environment is read.
    public let variables = [
        ProviderVariable("GLOBEX_WEBHOOK_SECRET", "what signs deliveries", isSecret: true)
    ]

    /// Makes the provider, which has no state.
    public init() {}

    /// Reads the secret that Globex shows on its page.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    {
        ProviderConfiguration(
            webhookSecret: environment["GLOBEX_WEBHOOK_SECRET"].map { Secret($0) },
            webhookSecretVariable: "GLOBEX_WEBHOOK_SECRET")
    }
}
