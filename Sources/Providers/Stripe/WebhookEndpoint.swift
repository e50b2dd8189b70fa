import Engine

/// A webhook endpoint as Stripe describes it
/// (<https://docs.stripe.com/api/webhook_endpoints/object>).
struct WebhookEndpoint: Sendable, Equatable {
    /// The member of its metadata that marks one as made here: the idempotency key of the request
    /// that made it.
    static let mark = "hogsend_request"

    let id: String
    let url: String
    let events: [String]
    let isEnabled: Bool
    let created: Int64
    /// Nil for one that somebody else made.
    let request: String?

    /// Nil for what lacks an address, and for an id that fits in no path.
    init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let url = json["url"]?.string,
            id.wholeMatch(of: /[A-Za-z0-9_]+/) != nil
        else { return nil }
        self.id = id
        self.url = url
        events = (json["enabled_events"]?.array ?? []).compactMap(\.string)
        isEnabled = json["status"] == "enabled"
        created = json["created"]?.integer ?? .max
        request = json["metadata"]?[Self.mark]?.string
    }

    // MARK: What it posts

    /// The values that are compared and kept, by the names that plans have for them.
    var values: [String: JSONValue] {
        [
            "enabled": .bool(isEnabled),
            "enabled_events": .array(events.sorted().map { .string($0) }),
        ]
    }

    /// What has to change so that it posts these types of events, and whatever else it posts now.
    func changes(to events: [String]) -> [ProvisionPlan.Change] {
        let all = self.events(with: events)
        var changes: [ProvisionPlan.Change] = []
        if all != self.events {
            changes.append(
                .init(
                    "enabled_events", from: self.events.joined(separator: ", "),
                    to: all.joined(separator: ", ")))
        }
        if !isEnabled { changes.append(.init("enabled", from: "false", to: "true")) }
        return changes
    }

    /// Its types of events, and behind them those that it lacks.
    func events(with others: [String]) -> [String] {
        others.contains(StripeEvents.every) && !events.contains(StripeEvents.every)
            ? others + StripeEvents.missing(events, in: others)
            : events + StripeEvents.missing(others, in: events)
    }

    /// As a plan shows that another takes its place.
    var retirement: ProvisionPlan.Change {
        .init(
            ProvisionPlan.Duplicate.field(id), from: "true",
            to: "false, since Stripe shows its signing secret to nobody any more")
    }

    // MARK: Where it posts to

    /// Whether it posts to this kind of receiver, on whichever host.
    var isReceiver: Bool { WebhookAddress(url).path.hasSuffix("/v1/webhooks/stripe") }

    /// Whether it posts to that very place.
    func posts(to address: URL) -> Bool {
        WebhookAddress(url).place == WebhookAddress(address.absoluteString).place
    }

    /// As a plan shows one that is not the one that is kept.
    var asDuplicate: ProvisionPlan.Duplicate {
        .init(id: id, address: WebhookAddress(url).shown, isEnabled: isEnabled)
    }
}
