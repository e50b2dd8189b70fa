/// What one run of provisioning, of looking or of undoing does, in order.
struct ProvisionSteps: Sendable {
    let access: ProvisionAccess
    let secrets: WebhookSecrets
    let client: any HTTPClient
    let proof: LoopProof.Means

    func apply(_ provider: any Provider, _ request: ProvisionRequest) async throws -> ProvisionReply
    {
        let way = try await access.way(to: provider)
        let known = try await knownSecret(provider)
        let plan = try await provider.plan(context(way, request, known))
        // Minted and kept before the provider hears of it: a crash in between is healed by the
        // next run.
        let source = provider.webhook.flatMap { $0.mintsSecret ? $0 : nil }
        let secret =
            if let source {
                try await secrets.secretMintingOne(provider.id, for: source.verification)
            } else {
                known
            }
        // An open leaving would take what is made now for what it has taken away.
        try await access.tokens.parts.disconnects.forget(provider.id)
        let journal = UndoJournal(store: secrets.store, provider: provider.id)
        let report = try await apply(plan, provider, journal, context(way, request, secret))
        var derived = report.derived
        derived[WebhookSecrets.member] = report.webhookSecret
        try await secrets.merge(derived, into: provider.id)
        try await journal.complete()
        var details = report.details
        if !report.changes.isEmpty, case .unreadable = try await journal.lookUp() {
            details["undoable"] = false
        }
        return ProvisionReply(
            action: report.action.rawValue, webhookURL: way.webhookURL, changes: report.changes,
            duplicates: report.duplicates, details: details)
    }

    /// A database that does not take the journal is the database's failure, not the provider's.
    private func apply(
        _ plan: ProvisionPlan, _ provider: any Provider, _ journal: UndoJournal,
        _ context: ProvisionContext
    ) async throws -> ProvisionReport {
        let failure = Locked<DatabaseError?>(nil)
        let keeping = context.keeping { values throws(ProvisionError) in
            do {
                try await journal.keep(values, at: context.host)
            } catch let error as ProvisionError {
                throw error
            } catch {
                failure.withLock { $0 = error as? DatabaseError }
                throw .unexpectedAnswer(
                    step: "keeping the values that are replaced", status: nil, detail: nil)
            }
        }
        do {
            return try await provider.apply(plan, keeping)
        } catch {
            throw failure.withLock { $0 } ?? error
        }
    }

    func plan(_ provider: any Provider, _ request: ProvisionRequest) async throws -> PlanReply {
        let way = try await access.way(to: provider)
        let plan = try await provider.plan(
            context(way, request, try await knownSecret(provider)))
        return PlanReply(plan, webhookURL: way.webhookURL)
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
            provider: provider, context: context(way, request, try await knownSecret(provider)),
            means: proof
        ).run()
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
        let report = try await provider.undo(
            entry.values, rehearsing: rehearsing,
            context(way, ProvisionRequest(), try await knownSecret(provider)))
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

    private func context(
        _ way: ProvisionAccess.Way, _ request: ProvisionRequest, _ secret: Secret?
    ) -> ProvisionContext {
        let credential = way.credential
        return ProvisionContext(
            api: AuthorizedClient(client, credential.source, host: credential.host),
            host: credential.host, grant: credential.grant,
            project: request.project ?? credential.project, webhookURL: way.webhookURL,
            webhookSecret: secret, mergesDuplicates: request.mergesDuplicates)
    }

    private func knownSecret(_ provider: any Provider) async throws -> Secret? {
        guard provider.webhook != nil else { return nil }
        switch try await secrets.lookUp(provider.id) {
        case .found(let secret): return secret
        case .none: return nil
        case .unreadable(let failure): throw WebhookSecrets.unreadable(failure)
        }
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
