public import Engine

/// Stripe, whose events arrive by a webhook endpoint.
///
/// Sources: <https://docs.stripe.com/keys>, <https://docs.stripe.com/api/webhook_endpoints>,
/// <https://docs.stripe.com/webhooks>.
public struct Stripe: Provider {
    /// The word in commands and paths.
    public let id: ProviderID = "stripe"
    /// The name that people know.
    public let name = "Stripe"
    /// Its one address, for live mode and test mode alike.
    public let hosts = [ProviderHost("Stripe", "https://api.stripe.com")]
    /// One key: a restricted one with the permission "Webhook Endpoints: Write" suffices.
    public let authentication = Authentication.keys(
        [StripeKey.field], use: .bearer(field: StripeKey.field.name),
        page: "https://dashboard.stripe.com/apikeys")
    /// Deliveries of webhook endpoints.
    public let webhook: WebhookSource? = .stripe
    /// The key and the signing secret.
    public let variables = StripeEnvironment.variables

    /// Makes the provider, which has no state.
    public init() {}

    /// Reads the variables whose names begin with `STRIPE_`.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    { try StripeEnvironment(environment).configuration() }

    /// Whether the key is one of live mode.
    public func notes(on grant: GrantSummary) -> [String] {
        StripeKey.note(on: grant.fields[StripeKey.modeField]).map { [$0] } ?? []
    }

    /// Lists a webhook endpoint, for which reading them suffices; whether the key may write them,
    /// as setting one up needs, is seen when one is written.
    public func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport {
        try await StripeKey.check(keys)
    }

    /// Looks for the endpoint and compares it with what it should be.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        try await EndpointSetup(context).plan()
    }

    /// Makes the endpoint or mends what differs in it.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { try await EndpointSetup(context).apply() }

    /// Puts back what nobody has changed since; an endpoint that was made is disabled.
    public func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    { try await EndpointUndo(api: StripeAPI(context), rehearsing: rehearsing).run(values) }

    /// Deletes the endpoints that we made and disables those that we adopted.
    public func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    { try await EndpointRemoval(context, rehearsing: removal.isRehearsal).run() }
}
