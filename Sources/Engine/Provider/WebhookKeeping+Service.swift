/// What is asked of the service.
extension WebhookKeeping {
    /// Whatever delivers to this kind of receiver, best first: what posts here, what is active, what
    /// has our secret, and what was listed first.
    func receivers() async throws(ProvisionError) -> [ListedWebhook] {
        func rank(_ webhook: ListedWebhook) -> Int {
            (webhook.place == ours ? 4 : 0) + (webhook.isActive ? 2 : 0)
                + (context.derived[Self.knownMember] == Secret(webhook.id) ? 1 : 0)
        }
        return try await all()
            .filter {
                $0.place == ours
                    || WebhookAddress($0.address).path.hasSuffix("/v1/webhooks/\(provider)")
            }
            .enumerated().sorted { (rank($0.element), $1.offset) > (rank($1.element), $0.offset) }
            .map(\.element)
    }

    func all() async throws(ProvisionError) -> [ListedWebhook] {
        let answer = try await context.call("GET", collection.path, for: provider)
        guard let webhooks = collection.webhooks(in: answer) else {
            throw .answerIsNot("a list of webhooks", step: "GET \(collection.path)")
        }
        return webhooks
    }

    /// Writes, and compares what the answer repeats of it.
    func set(_ webhook: ListedWebhook, _ settings: [Setting]) async throws(ProvisionError) {
        let (method, path) = (collection.update.rawValue, collection.path(of: webhook.id))
        let body = settings.reduce(collection.update == .put ? webhook.json : [:]) {
            $0.setting($1.value, at: $1.path.names[...])
        }
        let answer = try await context.call(method, path, body, for: provider)
        for (place, value) in settings where place != collection.secret {
            guard let told = answer.value(at: place), !told.isSame(as: value) else { continue }
            throw .notKept(place.description, by: name, step: "\(method) \(path)")
        }
    }

    /// One that is gone already is no error.
    func delete(_ webhook: ListedWebhook) async throws(ProvisionError) {
        let path = collection.path(of: webhook.id)
        do throws(ProvisionError) {
            _ = try await context.call("DELETE", path, for: provider)
        } catch .unexpectedAnswer(_, status: let status, _) where status == 404 || status == 410 {
            return
        }
    }
}

extension JSONValue {
    /// Whether it is equal, or an address that leads to the same place.
    func isSame(as other: JSONValue) -> Bool {
        guard let text = string, let wanted = other.string else { return self == other }
        return WebhookAddress(text).place == WebhookAddress(wanted).place
    }
}
