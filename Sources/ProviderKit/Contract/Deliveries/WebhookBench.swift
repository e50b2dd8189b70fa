import Engine

/// An instance that takes a provider's deliveries, and a service that proves them.
struct WebhookBench: Sendable {
    let desk: ContractDesk
    let source: WebhookSource
    let forge: DeliveryForge
    /// A service with the secret that was in use before.
    let former: DeliveryForge
    /// Somebody who knows neither secret.
    let stranger: DeliveryForge
    let sample: DeliverySample

    /// The secrets that the instance knows.
    struct Known: OptionSet {
        let rawValue: Int
        static let current = Known(rawValue: 1)
        static let former = Known(rawValue: 2)
    }

    /// Opens one that is proven by a provider's first proof or by its second one alone.
    static func open(
        _ subject: ContractSubject, _ proof: WebhookChecks.Proof, knowing known: Known = .current,
        _ body: (WebhookBench) async throws -> Void
    ) async throws {
        guard let declared = subject.declared.webhook else { throw InterfaceChecks.noWebhook }
        guard let verification = proof.verification(declared) else {
            throw NotApplicable("its deliveries have one proof")
        }
        let source = declared.proven(by: verification)
        let forges = try (0..<3).map { _ in try DeliveryForge(verification) }
        var provider = subject.provider
        provider.webhook = source
        provider.settings = ProviderConfiguration(
            webhookSecret: known.contains(.current) ? forges[0].secret : nil,
            previousWebhookSecret: known.contains(.former) ? forges[1].secret : nil)
        try await ContractDesk.open(provider) { desk in
            try await body(
                WebhookBench(
                    desk: desk, source: source, forge: forges[0], former: forges[1],
                    stranger: forges[2], sample: DeliverySample(source: source)))
        }
    }

    /// The status that a delivery gets, with the proof that belongs to another body where one is
    /// named.
    func deliver(
        _ body: Data, by forge: DeliveryForge? = nil, signedFor other: Data? = nil,
        after seconds: Double = 0, _ change: (inout HTTPHeaders) -> Void = { _ in }
    ) async throws -> HTTPResponse {
        let now = desk.clock.withLock { $0 }
        var headers = try (forge ?? self.forge).headers(
            for: other ?? body, at: now.addingTimeInterval(-seconds), id: sample.id)
        change(&headers)
        return await desk.send(
            ServerRequest(
                method: "POST", target: APIPath.webhook(desk.provider.id), headers: headers,
                body: body))
    }

    /// Fails unless the delivery was refused, and nothing was stored.
    func refuses(_ response: HTTPResponse, with status: Int = 401) async throws {
        try demand(response.status == status, "it is answered \(response.status), not \(status)")
        let stored = await desk.events()
        try demand(stored == 0, "\(stored ?? -1) events are stored")
    }

    /// Fails unless the delivery was taken, and so many events are stored.
    func takes(_ response: HTTPResponse, stored count: Int64 = 1) async throws {
        try demand(response.status == 200, "it is answered \(response.status)")
        let stored = await desk.events()
        try demand(stored == count, "\(stored ?? -1) events are stored, not \(count)")
    }
}
