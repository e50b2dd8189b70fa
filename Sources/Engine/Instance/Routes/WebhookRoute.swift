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
        let log = routes.log
        let pattern = "\(APIPath.webhooks)/{provider}"
        routes.open("POST", pattern) { try await receive($0) }
        for provider in registry.providers {
            guard let source = provider.webhook else { continue }
            routes.count(
                RequestCounter(
                    "POST", APIPath.webhook(provider.id), route: pattern,
                    headers: source.proofHeaders
                ) { request, executor, answer in
                    take(request, provider.id, source, executor) { outcome in
                        answer(InstanceRoutes.answer(log) { try outcome.get() })
                    }
                })
        }
    }

    // MARK: At the counter

    /// Takes what is the service's without a question to the database; all else, and what is refused,
    /// is for ``receive(_:)``.
    private func take(
        _ request: ServerRequest, _ id: ProviderID, _ source: WebhookSource,
        _ executor: any TaskExecutor,
        _ answer: @escaping @Sendable (Result<HTTPResponse, any Error>) -> Void
    ) -> Bool {
        guard source.replies.isEmpty, isKnown(request, id, source) else { return false }
        let arrival = EventStore.Arrival(request.body, from: id, reading: source)
        return intake.take(arrival, on: executor) { outcome in
            if let delivery = try? outcome.get(), tests.isTest(delivery.id, of: id) {
                Task(executorPreference: executor) {
                    do {
                        answer(.success(try await self.answer(to: delivery, id)))
                    } catch {
                        answer(.failure(error))
                    }
                }
            } else {
                answer(Result { Self.answer(to: try Self.stored(outcome)) })
            }
        }
    }

    /// By what is known of the secrets for sure; where there is something to be noted, it waits.
    private func isKnown(_ request: ServerRequest, _ id: ProviderID, _ source: WebhookSource)
        -> Bool
    {
        guard let keys = secrets.recentKeys(id) else { return false }
        let now = now()
        let proof = WebhookProof(request.headers, request.body, at: now)
        guard case .known(let isSigned) = keys.standing(of: proof, source, at: now) else {
            return false
        }
        return !isSigned || keys.signing?.isAwaited != true
    }

    // MARK: In general

    private func receive(_ request: ServerRequest) async throws -> HTTPResponse {
        guard let provider = try? registry.provider(request.parameters["provider"] ?? ""),
            let source = provider.webhook
        else { throw APIError(404, "unknown_source") }
        let who = try await refused.counting(provider.id) {
            try await sender(of: request, provider.id, source)
        }
        guard case .known = who else { return Self.skipped }
        if let reply = Self.reply(to: request.body, source) {
            if reply.stores {
                let delivery = try await store(request.body, provider.id, source)
                _ = try await tests.takes(delivery.id, of: provider.id)
            }
            return .json(reply.answer)
        }
        let delivery = try await store(request.body, provider.id, source)
        return try await answer(to: delivery, provider.id)
    }

    private func answer(to delivery: Delivery, _ id: ProviderID) async throws -> HTTPResponse {
        let isTest = try await tests.takes(delivery.id, of: id)
        return isTest ? Self.skipped : Self.answer(to: delivery)
    }

    private static let skipped = HTTPResponse.json(["ok": true, "skipped": true])

    private static func answer(to delivery: Delivery) -> HTTPResponse {
        if delivery.isSkipped { return skipped }
        var text = #"{"event":"#
        text.reserveCapacity(64 + delivery.event.utf8.count + delivery.userID.utf8.count)
        text += JSONValue.quoted(delivery.event)
        text += #","ok":true,"userId":"#
        text += JSONValue.quoted(delivery.userID)
        text += "}"
        return .json(text: Data(text.utf8))
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
        let arrival = EventStore.Arrival(body, from: id, reading: source)
        let outcome = await intake.outcome(of: arrival)
        return try Self.stored(outcome)
    }

    /// What was stored, or why nothing was in the words of answers.
    private static func stored(_ outcome: EventStore.Outcome) throws -> Delivery {
        do {
            return try outcome.get()
        } catch MalformedDelivery.notJSON {
            throw APIError(400, "invalid_json", detail: "the body is not JSON")
        } catch MalformedDelivery.badShape(let reason) {
            throw APIError(400, "invalid_body", detail: reason)
        } catch is IntakeFull {
            throw APIError(503, "overloaded", retryAfter: pauseSeconds)
        }
    }
}
