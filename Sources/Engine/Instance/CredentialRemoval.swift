/// The steps that end a grant: its tokens are revoked at the service, and its rows deleted.
///
/// Both under the lock under which tokens are refreshed, so that no new token is made in between.
struct CredentialRemoval: Sendable {
    typealias Step = DisconnectReply.Step
    private static let mostTries = 5
    /// Longer than all that may be asked of the service: discovery, and each token three times.
    private static let lease = Duration.seconds(600)

    let provider: any Provider
    let tokens: TokenManager
    let isEverywhere: Bool

    private var id: ProviderID { provider.id }
    private var parts: TokenParts { tokens.parts }

    /// The name under which the leaving of these tokens is noted.
    func name(of row: StoredCredential?) throws(DatabaseError) -> String? {
        guard let grant = row?.grant(fields: []) else { return nil }
        do throws(OpenSSLError) {
            return try parts.sealer.fingerprint(of: grant)
        } catch {
            throw .failed(reason: "the tokens' name could not be made: \(error.reason)")
        }
    }

    /// The step of revocation as it ended; unless it is pending, the rows are gone as well.
    func remove(_ record: inout DisconnectRecord) async throws -> Step {
        let lock = try await parts.database.lock(
            "token-\(id)", lease: Self.lease, patience: parts.policy.patience)
        let result: Result<Step, any Error>
        do {
            result = .success(try await remove(&record, under: lock))
        } catch {
            result = .failure(error)
        }
        await lock.release()
        return try result.get()
    }

    private func remove(
        _ record: inout DisconnectRecord, under lock: any DatabaseLock
    ) async throws -> Step {
        for _ in 0..<Self.mostTries {
            let row = try await parts.store.load(id, .oauth)
            let keys = try await parts.store.load(id, .apiKey)
            // Looked at after the rows: whoever connects takes the record away before he stores.
            try await save(record)
            let step = try await revocation(row, keys, &record)
            if step.outcome == .pending { return step }
            try await save(record)
            guard await lock.isHeld() else { throw DatabaseError.lockTimedOut(name: "token-\(id)") }
            if try await isDeleted(row, keys) {
                try await finish(&record)
                return step
            }
        }
        throw DatabaseError.failed(reason: "the row kept changing")
    }

    private func save(_ record: DisconnectRecord) async throws {
        guard try await parts.disconnects.save(id, record) else {
            throw DisconnectSteps.connectedAgain
        }
    }

    private func isDeleted(
        _ row: StoredCredential?, _ keys: StoredCredential?
    ) async throws(DatabaseError) -> Bool {
        if try await parts.store.delete(id, ifGrantIs: row, keysAre: keys) { return true }
        if try await parts.store.load(id, .oauth) != nil { return false }
        return try await parts.store.load(id, .apiKey) == nil
    }

    private func finish(_ record: inout DisconnectRecord) async throws(DatabaseError) {
        try await parts.journal.delete(id)
        record.isFinished = true
        _ = try await parts.disconnects.save(id, record)
        try await tokens.reload(id)
    }

    // MARK: Revoking

    private func revocation(
        _ row: StoredCredential?, _ keys: StoredCredential?, _ record: inout DisconnectRecord
    ) async throws(DatabaseError) -> Step {
        if let known = known(row, record) { return known }
        let step: Step
        if let grant = row?.grant(fields: []) {
            step = await revoke(grant)
        } else {
            step = row.map { closed($0) } ?? stepWithoutGrant(keys)
        }
        record.grantName = try name(of: row)
        record.revocation = step.noted
        record.isEverywhere = isEverywhere
        return step
    }

    /// What an earlier run did with these tokens, as long as no more is asked for now.
    private func known(_ row: StoredCredential?, _ record: DisconnectRecord) -> Step? {
        guard let step = Step(noted: record.revocation) else { return nil }
        guard let row else { return step }
        guard step.outcome == .done, record.isEverywhere || !isEverywhere,
            let grant = row.grant(fields: []), let name = record.grantName,
            parts.sealer.isFingerprint(name, of: grant)
        else { return nil }
        return step
    }

    /// New tokens that are in memory alone are taken back too.
    private func revoke(_ grant: Grant) async -> Step {
        let revocation = GrantRevocation(
            parts: parts, provider: provider, isEverywhere: isEverywhere)
        let other = await tokens.unsavedGrant(of: id)
        var outcome = await revocation.revoke(grant)
        if let other, outcome.end != .later {
            let more = await revocation.revoke(other)
            if more.end != .done { outcome = more }
        }
        let reasons = outcome.reasons.joined(separator: "; ")
        switch outcome.end {
        case .done:
            let names = outcome.revoked.map(\.name).joined(separator: " and ")
            let verb = outcome.revoked.count == 1 ? "is" : "are"
            let rest = reasons.isEmpty ? "" : "; \(reasons)"
            return Step(
                .revocation, .done, "\(names) \(verb) revoked\(rest)\(lasting(grant))")
        case .later: return Step(.revocation, .pending, "revocation pending: \(reasons)")
        case .failed: return Step(.revocation, .failed, reasons + byHand)
        }
    }

    // MARK: Words

    /// What would be done with the tokens.
    func planned(_ found: Leftovers) -> Step {
        if let record = found.record, let known = known(found.grant, record) { return known }
        guard let row = found.grant else { return stepWithoutGrant(found.keys) }
        guard let grant = row.grant(fields: []) else { return closed(row) }
        let kinds = GrantRevocation.kinds(grant, provider.revocation, everywhere: isEverywhere)
        let names = kinds.map(\.name).joined(separator: " and ")
        let verb = kinds.count == 1 ? "is" : "are"
        let radius = kinds.contains(.refresh) && provider.revocation.radius == .everyInstallation
        let effect = radius ? ", which logs out \(everyInstallation)" : ""
        return Step(
            .revocation, .planned, "\(names) \(verb) to be revoked\(effect)\(lasting(grant))")
    }

    /// No service takes a pasted key back at the word of one who holds it.
    private func stepWithoutGrant(_ keys: StoredCredential?) -> Step {
        guard keys != nil else { return Step(.revocation, .skipped, "no grant is stored") }
        let page =
            provider.revocation.page.map { ", under \($0)" }
            ?? provider.authentication.keyPage.map { ", at \($0)" }
        return Step(
            .revocation, .skipped,
            "the pasted key still exists at \(provider.name); delete it there\(page ?? "")")
    }

    private func closed(_ row: StoredCredential) -> Step {
        let reason = row.failure?.description ?? "what it holds is no grant"
        return Step(.revocation, .failed, "no token can be revoked: \(reason)\(byHand)")
    }

    private var everyInstallation: String {
        "every installation of hogsend that this user has connected to \(provider.name) there"
    }

    /// What lives on although everything was revoked that was to be.
    private func lasting(_ grant: Grant) -> String {
        guard grant.refreshToken != nil, !isEverywhere,
            provider.revocation.radius == .everyInstallation
        else { return "" }
        return "; the refresh token lives on at \(provider.name), since revoking it would log out"
            + " \(everyInstallation): --everywhere does that"
    }

    private var byHand: String {
        provider.revocation.page.map { "; end the grant by hand at \(provider.name), under \($0)" }
            ?? "; the grant may live on at \(provider.name)"
    }
}
