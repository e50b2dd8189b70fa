import Engine

/// A service that proves its deliveries with the secrets that it knew at some time.
struct LateSender: Sendable {
    private let source: WebhookSource
    private let forges: [(proof: WebhookVerification, forge: DeliveryForge)]

    /// Knows what the instance knows by then.
    ///
    /// - Throws: ``NotApplicable`` where there are no deliveries, or nobody but the service can sign.
    init(_ bench: ProvisionBench) async throws {
        let (first, second) = await bench.desk.deliverySecrets()
        try self.init(
            bench.subject.declared, secret: demand(first, "no secret for deliveries is stored"),
            second)
    }

    /// Knows a secret, and that of the second proof where there is one.
    ///
    /// - Throws: ``NotApplicable`` where there are no deliveries, or nobody but the service can sign.
    init(_ provider: any Provider, secret: Secret, _ second: Secret? = nil) throws {
        guard let source = provider.webhook else { throw InterfaceChecks.noWebhook }
        guard !source.verification.isSignedByService else {
            throw NotApplicable("its service alone can prove deliveries")
        }
        var forges: [(proof: WebhookVerification, forge: DeliveryForge)] = [
            (source.verification, try DeliveryForge(source.verification, secret: secret))
        ]
        if let signature = source.signature, let second {
            forges.append((signature, try DeliveryForge(signature, secret: second)))
        }
        self.source = source
        self.forges = forges
    }

    /// Delivers an event that was not there yet, and returns the status.
    @discardableResult
    func deliver(to desk: ContractDesk) async throws -> Int {
        let sample = DeliverySample(source: source)
        let (body, now) = (sample.body, desk.clock.withLock { $0 })
        var headers: HTTPHeaders = [:]
        for (proof, forge) in forges {
            let proven = try forge.headers(for: body, at: now, id: sample.id)
            for name in proof.headers { headers[name] = proven[name] }
        }
        return await desk.send(
            ServerRequest(
                method: "POST", target: APIPath.webhook(desk.provider.id), headers: headers,
                body: body)
        ).status
    }
}

extension ContractDesk {
    /// The secrets of deliveries as they are stored: the first proof's, minted or pasted, and the
    /// second one's.
    func deliverySecrets() async -> (first: Secret?, second: Secret?) {
        let derived = await contents(.derived)
        let signing = derived?["webhookSigning"]?.string.flatMap {
            JSONValue(decoding: Data($0.utf8))
        }
        let pasted = await contents(.apiKey)
        let name = provider.authentication.deliveryField?.name ?? ""
        let first = derived?["webhookSecret"]?.string ?? pasted?["keys"]?[name]?.string
        return (first.map { Secret($0) }, signing?["secret"]?.string.map { Secret($0) })
    }

    private func contents(_ kind: CredentialKind) async -> JSONValue? {
        guard let sealer = try? sealer else { return nil }
        return try? await CredentialStore(database, sealer: sealer).load(provider.id, kind)?
            .contents
    }
}

extension ProvisionBench {
    /// What must be seen nowhere; a public key may be.
    func secrets() async -> [String] {
        let (first, second) = await desk.deliverySecrets()
        let isPublic = subject.declared.webhook?.verification.isSignedByService ?? true
        let stored = [isPublic ? nil : first, second].compactMap { $0?.reveal() }
        return ["accessToken", "refreshToken"].compactMap { service.credential[$0]?.string }
            + subject.declared.authentication.keyFields.filter(\.isSecret)
            .compactMap { service.credential[$0.name]?.string } + stored
    }
}
