import Engine

/// Takes away the endpoints that post to this instance: one that we made is deleted, and one that
/// somebody else made is disabled.
struct EndpointRemoval {
    private let api: StripeAPI
    private let address: URL
    private let rehearsing: Bool

    init(_ context: ProvisionContext, rehearsing: Bool) {
        api = StripeAPI(context)
        address = context.webhookURL
        self.rehearsing = rehearsing
    }

    func run() async throws(ProvisionError) -> RemovalReport {
        var removed: [RemovalReport.Removed] = []
        for endpoint in try await api.endpoints() where endpoint.posts(to: address) {
            let isMade = endpoint.request != nil
            guard isMade || endpoint.isEnabled else { continue }
            if !rehearsing {
                guard try await end(endpoint, deleting: isMade) else { continue }
            }
            removed.append(
                .init("webhook endpoint \(endpoint.id)", isMade ? .deleted : .disabled))
        }
        return RemovalReport(removed: removed)
    }

    /// False when somebody has taken it away since it was listed.
    private func end(
        _ endpoint: WebhookEndpoint, deleting: Bool
    ) async throws(ProvisionError) -> Bool {
        if deleting { return try await api.delete(endpoint.id) }
        do throws(ProvisionError) {
            guard try await api.change(endpoint.id, [("disabled", "true")]).isEnabled else {
                return true
            }
        } catch .unexpectedAnswer(_, status: 404, _) {
            return false
        }
        throw .unexpectedAnswer(
            step: "disabling the webhook endpoint", status: nil, detail: "Stripe left it enabled")
    }
}
