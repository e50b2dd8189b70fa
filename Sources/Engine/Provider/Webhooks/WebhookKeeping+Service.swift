/// What is asked of the service.
extension WebhookKeeping {
    func all() async throws(ProvisionError) -> [ListedWebhook] {
        var found: [ListedWebhook] = []
        var path: String? = collection.path
        for _ in 0..<Self.mostPages {
            guard let page = path else { return found }
            let answer = try await context.call("GET", page, for: provider)
            guard let webhooks = collection.webhooks(in: answer) else {
                throw .answerIsNot("a list of webhooks", step: listing)
            }
            found += webhooks
            path = try next(after: answer)
        }
        throw .unexpectedAnswer(step: listing, status: nil, detail: "the list does not end")
    }

    private static var mostPages: Int { 100 }
    private var listing: String { "GET \(collection.path)" }

    private func next(after answer: JSONValue) throws(ProvisionError) -> String? {
        guard let next = collection.next, let told = answer.value(at: next.place), told != .null,
            told != ""
        else { return nil }
        let list = context.host.appending(rawPath: collection.path)
        guard let path = list.flatMap({ next.path(told, of: collection.path, at: $0) }) else {
            throw .answerIsNot("a list of webhooks", step: listing)
        }
        return path
    }

    /// Writes, and compares what the answer repeats of it.
    func set(_ webhook: ListedWebhook, _ settings: [Setting]) async throws(ProvisionError) {
        let (method, path) = (collection.update.rawValue, collection.path(of: webhook.id))
        // What is shown of a secret is none.
        let whole = collection.secret.map { webhook.json.removing($0.names[...]) } ?? webhook.json
        let body = collection.body(collection.update == .put ? whole : [:], settings)
        let answer =
            try await context.call(method, path, body, for: provider)
            .value(at: collection.answered) ?? .null
        for (place, value) in settings where place != collection.secret {
            guard let told = answer.value(at: place), !told.isSame(as: value) else { continue }
            throw .notKept(place.description, by: name, step: "\(method) \(path)")
        }
    }

    /// One that is gone already is no error.
    func delete(_ id: String) async throws(ProvisionError) {
        let path = collection.path(of: id)
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
