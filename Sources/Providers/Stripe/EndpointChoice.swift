import Engine

/// Which of an account's endpoints is kept, and what becomes of the others.
struct EndpointChoice {
    /// The one that deliveries come from; nil where one has to be made.
    let kept: WebhookEndpoint?
    /// Those that post to us with a signing secret that nobody here knows: Stripe shows it once, so
    /// that another has to take their place.
    let retired: [WebhookEndpoint]
    /// Whatever else posts to this kind of receiver.
    let duplicates: [WebhookEndpoint]

    init(_ all: [WebhookEndpoint], _ context: ProvisionContext) {
        let receivers = all.filter(\.isReceiver).sorted { $0.created < $1.created }
        let ours = receivers.filter { $0.posts(to: context.webhookURL) }
        let kept = Self.kept(of: ours, context)
        let retired = ours.filter { endpoint in
            // One of somebody else's may be there for another secret of the environment's.
            endpoint.isEnabled && endpoint != kept && !context.isSecretFixed
                && (kept == nil || endpoint.request != nil)
        }
        self.kept = kept
        self.retired = retired
        duplicates = receivers.filter { $0 != kept && !retired.contains($0) }
    }

    /// The one whose secret is stored; where the environment says one, it is for what is there.
    private static func kept(
        of ours: [WebhookEndpoint], _ context: ProvisionContext
    ) -> WebhookEndpoint? {
        if context.isSecretFixed { return ours.first(where: \.isEnabled) ?? ours.first }
        guard context.webhookSecret != nil else { return nil }
        return ours.first { $0.id == context.derived[EndpointSetup.keptMember]?.reveal() }
    }

    /// The latest that a run of ours made and then was cut off before its secret was stored.
    var unfinished: WebhookEndpoint? { retired.last { $0.request != nil } }

    /// Those that give way to the one that is kept or will be.
    var superseded: [WebhookEndpoint] {
        retired.filter { kept != nil || $0 != unfinished }
    }

    /// The types of events that one must have: ours, and what the operator wanted of those that it
    /// takes the place of.
    var events: [String] {
        let inherited = retired.flatMap(\.events)
        return inherited.contains(StripeEvents.every)
            ? [StripeEvents.every]
                + StripeEvents.missing(inherited, in: [StripeEvents.every])
            : Set(StripeEvents.wanted + inherited).sorted()
    }
}
