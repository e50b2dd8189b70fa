import Engine

/// What the variables `STRIPE_…` say; no error repeats a value.
struct StripeEnvironment {
    static let variables = [
        ProviderVariable(
            "STRIPE_API_KEY", "a restricted or secret key, used while none is stored",
            isSecret: true),
        ProviderVariable(
            "STRIPE_WEBHOOK_SECRET",
            "the signing secret of an endpoint that was made by hand, which is then adopted",
            isSecret: true),
        ProviderVariable(
            "STRIPE_WEBHOOK_SECRET_PREVIOUS",
            "an earlier signing secret that deliveries may still be signed with", isSecret: true),
    ]

    private let environment: Environment

    init(_ environment: Environment) { self.environment = environment }

    func configuration() throws(ConfigurationError) -> ProviderConfiguration {
        let key = try environment.key("STRIPE_API_KEY", StripeKey.field)
        return ProviderConfiguration(
            host: key == nil ? nil : URL(string: "https://api.stripe.com"), personalKey: key,
            webhookSecret: try environment.header("STRIPE_WEBHOOK_SECRET"),
            webhookSecretVariable: "STRIPE_WEBHOOK_SECRET",
            previousWebhookSecret: try environment.header("STRIPE_WEBHOOK_SECRET_PREVIOUS"))
    }
}
