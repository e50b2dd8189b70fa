/// One run of provisioning that writes.
///
/// A secret is kept before the service hears of it and ends for those before it only once the
/// service has it, so that whatever a crash leaves, the next run brings to its end.
struct ProvisionRun: Sendable {
    private static let mostTries = 3

    let steps: ProvisionSteps
    let provider: any Provider
    let request: ProvisionRequest
    let way: ProvisionAccess.Way

    private var secrets: WebhookSecrets { steps.secrets }
    private var journal: UndoJournal { UndoJournal(store: secrets.store, provider: provider.id) }

    func reply() async throws -> ProvisionReply {
        if request.rotatesSecret {
            try SecretRotation(
                provider: provider, configuration: steps.access.settings(of: provider.id)
            ).check()
        }
        let known = try await steps.knownKeys(provider)
        var plan = try await provider.plan(steps.context(way, request, known))
        var keys = try await madeKeys(known)
        // An open leaving would take what is made now for what it has taken away.
        try await steps.access.tokens.parts.disconnects.forget(provider.id)
        for _ in 0..<Self.mostTries {
            // One that was just minted is in no plan yet, and need not be.
            if let known, keys != known {
                plan = try await provider.plan(steps.context(way, request, keys))
            }
            let report = try await apply(plan, keys)
            if try await settle(report, keys) { return try await reply(report) }
            keys = try await steps.knownKeys(provider)
        }
        throw Self.overtaken
    }

    /// Minted or rotated, and kept, before the provider hears of it: a crash in between is healed by
    /// the next run.
    private func madeKeys(_ known: WebhookKeys?) async throws -> WebhookKeys? {
        guard let source = provider.mintingSource else { return known }
        if request.rotatesSecret {
            return try await secrets.rotate(provider.id, for: source)
        }
        return try await secrets.mintingOne(provider.id, for: source)
    }

    private func settle(_ report: ProvisionReport, _ keys: WebhookKeys?) async throws -> Bool {
        let isSettled = try await secrets.settle(
            provider.id, sent: keys, report, grace: request.grace ?? SecretRotation.defaultGrace)
        if isSettled { try await journal.complete() }
        return isSettled
    }

    private func reply(_ report: ProvisionReport) async throws -> ProvisionReply {
        var details = report.details
        if !report.changes.isEmpty, case .unreadable = try await journal.lookUp() {
            details["undoable"] = false
        }
        details.merge(try await secretDetails()) { $1 }
        return ProvisionReply(
            action: report.action.rawValue, webhookURL: way.webhookURL, changes: report.changes,
            duplicates: report.duplicates, details: details)
    }

    /// What is said of secrets: until when the one before counts, and what protects the loop.
    private func secretDetails() async throws -> [String: JSONValue] {
        let isSigned = provider.webhook?.signature != nil
        guard isSigned || request.rotatesSecret else { return [:] }
        let (keys, now) = (try await steps.knownKeys(provider), secrets.now())
        var details: [String: JSONValue] = [:]
        if isSigned { details["protectedBy"] = keys.map { .string($0.protection(at: now)) } }
        if request.rotatesSecret {
            details["secretRotated"] = true
            details["previousSecretUntil"] =
                keys?.previousUntil(at: now).map { .string($0.iso8601) } ?? .null
        }
        return details
    }

    /// A database that does not take the journal is the database's failure, not the provider's.
    private func apply(
        _ plan: ProvisionPlan, _ keys: WebhookKeys?
    ) async throws -> ProvisionReport {
        let failure = Locked<DatabaseError?>(nil)
        let context = steps.context(way, request, keys)
        let keeping = context.keeping { values throws(ProvisionError) in
            do {
                try await keep(values, keys)
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

    /// That a secret followed another is nothing to undo.
    private func keep(_ values: [PriorValue], _ keys: WebhookKeys?) async throws {
        let renewed = values.map { keys?.renewing($0) ?? $0 }.filter { $0.before != $0.after }
        if renewed.isEmpty { return }
        try await journal.keep(renewed, at: way.credential.host)
    }

    private static let overtaken = APIError(
        409, "webhook_secret_changed",
        detail: "the webhook secret was replaced several times while this ran",
        remediation: "run the command again")
}
