/// Which of the webhooks that deliver to this kind of receiver is kept.
struct WebhookChoice {
    /// Nil where one has to be made.
    let kept: ListedWebhook?
    /// Those that post here with a secret that nobody knows, so that another takes their place.
    let retired: [ListedWebhook]
    let duplicates: [ListedWebhook]
    /// Those that were to deliver no longer, and still do.
    var stayed: [ListedWebhook] = []
    /// The ids of all that post here.
    let listed: [String]

    func leaving(_ stayed: [ListedWebhook]) -> WebhookChoice {
        WebhookChoice(
            kept: kept, retired: retired.filter { !stayed.contains($0) },
            duplicates: duplicates.filter { !stayed.contains($0) }, stayed: stayed, listed: listed)
    }
}

extension WebhookKeeping {
    func choice() async throws(ProvisionError) -> WebhookChoice {
        let all = try await all()
        let found = receivers(among: all)
        let kept = try secretGiven == nil ? found.first : known(among: found)
        let retired = found.filter {
            secretGiven != nil && !context.isSecretFixed && $0 != kept && $0.place == ours
                && $0.isActive
        }
        return WebhookChoice(
            kept: kept, retired: retired,
            duplicates: found.filter { $0 != kept && !retired.contains($0) },
            listed: all.filter { $0.place == ours }.map(\.id))
    }

    /// The one whose secret is stored; one that is set or pasted is that of what is there.
    private func known(
        among found: [ListedWebhook]
    ) throws(ProvisionError) -> ListedWebhook? {
        if !context.isSecretFixed {
            let known = context.webhookSecret.flatMap { _ in context.derived[Self.knownMember] }
            return found.first { Secret($0.id) == known }
        }
        if let kept = found.first(where: { $0.place == ours }) { return kept }
        throw .unsupportedInstance(
            host: context.host.withoutTrailingSlash,
            reason: "no webhook delivers to this instance, and a new one's secret would not be the"
                + " one that is set or pasted for it")
    }

    /// Whatever delivers to this kind of receiver, best first: what posts here, what is active, what
    /// has our secret, and what was listed first.
    func receivers(among all: [ListedWebhook]) -> [ListedWebhook] {
        func rank(_ webhook: ListedWebhook) -> Int {
            (webhook.place == ours ? 4 : 0) + (webhook.isActive ? 2 : 0)
                + (context.derived[Self.knownMember] == Secret(webhook.id) ? 1 : 0)
        }
        return
            all.filter {
                $0.place == ours
                    || WebhookAddress($0.address).path.hasSuffix("/v1/webhooks/\(provider)")
            }
            .enumerated().sorted { (rank($0.element), $1.offset) > (rank($1.element), $0.offset) }
            .map(\.element)
    }
}
