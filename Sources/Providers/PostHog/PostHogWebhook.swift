import Engine

extension WebhookSource {
    /// The header that carries the secret.
    static let postHogHeader = "x-posthog-webhook-secret"

    /// A delivery of PostHog's webhook template with the body that ``DestinationInputs`` gives it:
    /// `event` and `person` as PostHog's code sees them
    /// (<https://posthog.com/docs/cdp/destinations/webhook>).
    ///
    /// PostHog delivers an event again when the answer was late; the event's `uuid` stays.
    static let postHog = WebhookSource(
        secretHeader: postHogHeader, signature: .standardWebhooks(), id: ["event", "uuid"],
        event: ["event", "event"], userID: ["event", "distinct_id"],
        occurredAt: ["event", "timestamp"], properties: ["event", "properties"],
        personProperties: ["person", "properties"],
        skippedWhenFalse: ["event", "properties", "$is_identified"])
}
