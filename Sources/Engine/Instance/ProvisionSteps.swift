/// What one run of provisioning, of looking or of undoing does, in order.
struct ProvisionSteps: Sendable {
    let access: ProvisionAccess
    let secrets: WebhookSecrets
    let client: any HTTPClient
    let proof: LoopProof.Means

    func apply(_ provider: any Provider, _ request: ProvisionRequest) async throws -> ProvisionReply
    {
        let way = try await access.way(to: provider)
        return try await way.credential.telling {
            try await ProvisionRun(
                steps: self, provider: provider, request: request, way: way
            ).reply()
        }
    }

    func plan(_ provider: any Provider, _ request: ProvisionRequest) async throws -> PlanReply {
        let way = try await access.way(to: provider)
        let keys = try await knownKeys(provider)
        let plan = try await way.credential.telling {
            try await provider.plan(context(way, request, keys))
        }
        return PlanReply(plan.awaitingSignatures(keys?.signing), webhookURL: way.webhookURL)
    }

    func drift(_ provider: any Provider, _ project: String?) async throws -> PlanReply {
        try await plan(provider, try await provisioned(provider, project))
    }

    /// In the project that was provisioned, unless something else says which.
    func verify(_ provider: any Provider, _ project: String?) async throws -> LoopReply {
        guard provider.webhook != nil else { return .skipped(.notSupported) }
        let way = try await access.way(to: provider)
        let request = try await provisioned(provider, project)
        return try await LoopProof(
            provider: provider, context: context(way, request, try await knownKeys(provider)),
            means: proof
        ).run().cleaned(way.credential.hiding)
    }

    private func provisioned(
        _ provider: any Provider, _ project: String?
    ) async throws -> ProvisionRequest {
        if let project = project ?? access.project(of: provider.id) {
            return ProvisionRequest(project: project)
        }
        let derived = try await secrets.store.load(provider.id, .derived)?.contents
        return ProvisionRequest(project: derived?["projectId"]?.string)
    }

    func undo(_ provider: any Provider, rehearsing: Bool) async throws -> UndoReply {
        let credential = try await access.credential(for: provider)
        let journal = UndoJournal(store: secrets.store, provider: provider.id)
        let entry = try await entry(of: journal, at: credential.host)
        let way = try await access.way(to: provider, with: credential)
        let keys = try await knownKeys(provider)
        let report = try await credential.telling {
            try await provider.undo(
                entry.values, rehearsing: rehearsing, context(way, ProvisionRequest(), keys))
        }
        if !rehearsing { try await journal.remove() }
        return UndoReply(report, isPlan: rehearsing, changedAt: entry.at)
    }

    private func entry(of journal: UndoJournal, at host: URL) async throws -> UndoEntry {
        switch try await journal.lookUp() {
        case .none: throw Self.nothingToUndo
        case .unreadable(let failure): throw Self.unreadable(failure)
        case .found(let entry):
            guard entry.host == host.withoutTrailingSlash else { throw Self.elsewhere(entry.host) }
            return entry
        }
    }

    // MARK: What a provider is given

    func context(
        _ way: ProvisionAccess.Way, _ request: ProvisionRequest, _ keys: WebhookKeys?
    ) -> ProvisionContext {
        let credential = way.credential
        return ProvisionContext(
            api: credential.client(over: client), host: credential.host, grant: credential.grant,
            project: request.project ?? credential.project, webhookURL: way.webhookURL,
            webhookSecret: keys?.current, isSecretFixed: way.isSecretFixed,
            webhookSigning: keys?.signing.map {
                WebhookSigning(secret: $0.secret, object: $0.object)
            }, isSecretNew: keys?.isRotating ?? false,
            mergesDuplicates: request.mergesDuplicates, derived: way.derived)
    }

    func knownKeys(_ provider: any Provider) async throws -> WebhookKeys? {
        provider.webhook == nil ? nil : try await secrets.keys(provider.id)
    }

    // MARK: Refusals

    private static let nothingToUndo = APIError(
        409, "nothing_to_undo",
        detail: "no change of this provider's is kept that could be undone",
        remediation: "see what is there with --plan")

    private static func unreadable(_ failure: SealedRowError) -> APIError {
        APIError(
            409, "undo_unreadable",
            detail: "something is kept for this provider, but \(failure.description)",
            remediation: failure.hint)
    }

    private static func elsewhere(_ host: String) -> APIError {
        APIError(
            409, "undo_elsewhere",
            detail: "the latest change was made at \(host), and the credential is for another host",
            remediation: "connect to that host again, or undo it there by hand")
    }
}

extension ProvisionPlan {
    /// A service that has stopped to sign looks as it should; its deliveries do not.
    fileprivate func awaitingSignatures(_ signing: SigningState?) -> ProvisionPlan {
        guard let since = signing?.refusedAt else { return self }
        let change = Change(
            "signature", from: "demanded, and missing since \(since.iso8601)",
            to: "demanded once a delivery is signed again")
        return ProvisionPlan(
            action: action == .unchanged ? .updated : action, changes: changes + [change],
            duplicates: duplicates, target: target)
    }
}
