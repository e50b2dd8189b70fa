import Engine

/// Writes to the endpoints of an account; what a write replaces is kept before it is sent.
struct EndpointWriting {
    /// How one that did not exist before is kept: it is not deleted but disabled again.
    static let createdField = "created"

    let api: StripeAPI
    let context: ProvisionContext

    /// A new endpoint and its secret, or those of an unfinished run, whose request is asked again.
    ///
    /// Where Stripe no longer knows that request, it makes another endpoint of it.
    func make(
        _ unfinished: WebhookEndpoint?
    ) async throws(ProvisionError) -> (endpoint: WebhookEndpoint, secret: Secret) {
        if let unfinished, let request = unfinished.request {
            do throws(ProvisionError) {
                let made = try await create(request)
                return made.endpoint.id == unfinished.id ? (unfinished, made.secret) : made
            } catch .unexpectedAnswer(_, status: 400, _) {
                // Stripe knows it with other parameters.
            }
        }
        return try await create("hogsend-\(UUID().uuidString.lowercased())")
    }

    private func create(
        _ request: String
    ) async throws(ProvisionError) -> (endpoint: WebhookEndpoint, secret: Secret) {
        try await context.keep([
            PriorValue(object: request, field: Self.createdField, before: false, after: true)
        ])
        // The same for the same request, whatever else there is: else Stripe would refuse it.
        let form = [
            ("url", context.webhookURL.absoluteString),
            ("description", "Posts events to Hogsend; made by `hogsend connect stripe`"),
            ("metadata[\(WebhookEndpoint.mark)]", request),
        ]
        return try await api.create(form + Self.list(StripeEvents.wanted), key: request)
    }

    /// Stripe replaces the list whole; what the operator has added stays in it.
    func mend(_ endpoint: WebhookEndpoint, to events: [String]) async throws(ProvisionError) {
        let changes = endpoint.changes(to: events)
        if changes.isEmpty { return }
        let all = endpoint.events(with: events)
        let new = endpoint.values.merging([
            "enabled": true, "enabled_events": .array(all.sorted().map { .string($0) }),
        ]) { $1 }
        try await context.keep(
            changes.map {
                PriorValue(
                    object: endpoint.id, field: $0.field,
                    before: endpoint.values[$0.field] ?? .null, after: new[$0.field] ?? .null)
            })
        let written = try await api.change(endpoint.id, [("disabled", "false")] + Self.list(all))
        if let change = written.changes(to: all).first { throw Self.notKept(change.field) }
    }

    /// One that is gone meanwhile is as good as disabled.
    func disable(_ endpoints: [WebhookEndpoint]) async throws(ProvisionError) {
        for endpoint in endpoints {
            let field = ProvisionPlan.Duplicate.field(endpoint.id)
            try await context.keep([
                PriorValue(object: endpoint.id, field: field, before: true, after: false)
            ])
            do throws(ProvisionError) {
                let written = try await api.change(endpoint.id, [("disabled", "true")])
                if written.isEnabled { throw Self.notKept(field) }
            } catch .unexpectedAnswer(_, status: 404, _) {
                continue
            }
        }
    }

    /// A list in a form (<https://docs.stripe.com/api/webhook_endpoints/update>).
    static func list(_ events: [String]) -> [(String, String)] {
        events.map { ("enabled_events[]", $0) }
    }

    private static func notKept(_ field: String) -> ProvisionError {
        .notKept(field, by: "Stripe", step: "writing the webhook endpoint")
    }
}
