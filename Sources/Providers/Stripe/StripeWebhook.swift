import Engine

extension WebhookSource {
    /// An event object in a signed delivery (<https://docs.stripe.com/webhooks/signature>,
    /// <https://docs.stripe.com/api/events/object>).
    ///
    /// What it is about names its customer, holds it where that was expanded, or is one. Stripe
    /// delivers an event again for up to three days; its `id` stays.
    static let stripe = WebhookSource(
        verification: .timestampedHMACSHA256(header: "Stripe-Signature"), mintsSecret: false,
        id: ["id"], event: ["type"], userID: ["data", "object", "customer"],
        otherUserIDs: [
            ["data", "object", "customer", "id"],
            JSONPlace(["data", "object", "id"], prefix: "cus_"),
        ], isUserOptional: true,
        occurredAt: ["created"], timeNotation: .unixSeconds, properties: ["data", "object"],
        personProperties: nil)
}

/// The types of events that are asked for (<https://docs.stripe.com/api/events/types>).
enum StripeEvents {
    /// What stands in an endpoint's list for every type but those that Stripe wants to be named
    /// (<https://docs.stripe.com/api/webhook_endpoints/object>).
    static let every = "*"

    static let wanted = [
        "charge.refunded", "checkout.session.completed", "checkout.session.expired",
        "customer.created", "customer.deleted", "customer.subscription.created",
        "customer.subscription.deleted", "customer.subscription.paused",
        "customer.subscription.resumed", "customer.subscription.trial_will_end",
        "customer.subscription.updated", "customer.updated", "invoice.paid",
        "invoice.payment_failed",
    ]

    /// Those of the list that are not in another; where that has ``every``, those that it may not
    /// stand for.
    static func missing(_ events: [String], in others: [String]) -> [String] {
        let missing = Set(events).subtracting(others)
        return (others.contains(every) ? missing.subtracting(wanted) : missing).sorted()
    }
}
