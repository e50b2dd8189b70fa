/// `POST /v1/webhooks/{provider}`: verified before it is parsed, durable before it is acknowledged.
struct WebhookRoute: InstanceRoute {
    let registry: ProviderRegistry
    let secrets: WebhookSecrets
    let intake: EventIntake
    let disconnects: DisconnectJournal
    let tests: TestEvents
    let refused: RefusedDeliveries
    let now: @Sendable () -> Date

    /// How long a provider is to wait when too much is waiting already.
    private static let pauseSeconds = 1

    private enum Sender {
        case known
        /// A provider that was left, and does not know it yet.
        case left
    }

    func register(in routes: inout InstanceRoutes) {
        routes.open("POST", "\(APIPath.webhooks)/{provider}") { try await receive($0) }
    }

    private func receive(_ request: ServerRequest) async throws -> HTTPResponse {
        guard let provider = try? registry.provider(request.parameters["provider"] ?? ""),
            let source = provider.webhook
        else { throw APIError(404, "unknown_source") }
        let who = try await refused.counting(provider.id) {
            try await sender(of: request, provider.id, source)
        }
        guard case .known = who else { return .json(["ok": true, "skipped": true]) }
        if let reply = Self.reply(to: request.body, source) {
            if reply.stores { _ = try await store(request.body, provider.id, source) }
            return .json(reply.answer)
        }
        let delivery = try await store(request.body, provider.id, source)
        let isTest = try await tests.takes(delivery.id, of: provider.id)
        guard !delivery.isSkipped, !isTest else { return .json(["ok": true, "skipped": true]) }
        let (event, user) = (delivery.event, delivery.userID)
        return .json(
            text: Data(
                #"{"event":\#(JSONValue.quoted(event)),"ok":true,"userId":\#(JSONValue.quoted(user))}"#
                    .utf8))
    }

    /// Refuses without a secret.
    ///
    /// A secret that cannot be read means "later": the provider tries again, where a 401 would lose
    /// the event.
    private func sender(
        of request: ServerRequest, _ id: ProviderID, _ source: WebhookSource
    ) async throws -> Sender {
        let proof = WebhookProof(request.headers, request.body, at: now())
        if let keys = secrets.recentKeys(id),
            case let standing = keys.standing(of: proof, source, at: now()),
            case .known = standing
        {
            await secrets.note(standing, of: id, keys)
            return .known
        }
        let found = try await secrets.lookUp(id)
        if case .found(let keys) = found { return try await sender(of: proof, id, source, keys) }
        // The previous one is good beside another one alone: a provider that was left has none.
        guard case .none = found else {
            let previous = [secrets.previous(id)].compactMap { $0 }
            if proof.holds(for: source.verification, previous) { return .known }
            throw APIError(503, "webhook_secret_unreadable")
        }
        guard let given = proof.carriedSecret(source.verification),
            try await disconnects.wasSecret(given, of: id)
        else { throw APIError.unauthorized }
        return .left
    }

    private func sender(
        of proof: WebhookProof, _ id: ProviderID, _ source: WebhookSource, _ keys: WebhookKeys
    ) async throws -> Sender {
        let standing = keys.standing(of: proof, source, at: now())
        await secrets.note(standing, of: id, keys)
        switch standing {
        case .known: return .known
        case .unsigned:
            throw APIError(401, "Unauthorized", detail: "the signature is missing or not right")
        // Where the store is out of reach there may be a newer secret.
        case .unknown where keys.isRemembered: throw APIError(503, "database_unavailable")
        case .unknown: throw APIError.unauthorized
        }
    }

    /// The body is read for it only where a source has such answers.
    private static func reply(to body: Data, _ source: WebhookSource) -> WebhookReply? {
        guard !source.replies.isEmpty, let document = JSONValue(decoding: body) else { return nil }
        return source.replies.first { $0.isWanted(by: document) }
    }

    private func store(
        _ body: Data, _ id: ProviderID, _ source: WebhookSource
    ) async throws -> Delivery {
        do {
            return try await intake.take(EventStore.Arrival(body, from: id, reading: source))
        } catch MalformedDelivery.notJSON {
            throw APIError(400, "invalid_json", detail: "the body is not JSON")
        } catch MalformedDelivery.badShape(let reason) {
            throw APIError(400, "invalid_body", detail: reason)
        } catch is IntakeFull {
            throw APIError(503, "overloaded", retryAfter: Self.pauseSeconds)
        }
    }
}
