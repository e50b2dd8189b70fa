/// One refresh for the whole fleet: lock, read again, note, send, save.
struct TokenRefresh: Sendable {
    enum Demand: Sendable, Equatable {
        /// The token is about to end or has ended.
        case due
        /// The service refused this token.
        case replacing(Secret)
        /// Someone asks for it who knows why; earlier failures do not count.
        case forced
    }

    enum Outcome: Sendable {
        /// Renewed, or adopted from another process.
        case held(HeldGrant)
        case absent
        case unreadable
        case failed(HeldGrant?, TokenError)
    }

    let id: ProviderID
    let demand: Demand
    let parts: TokenParts
    let fields: [GrantField]
    /// What memory holds beyond the row; stored before anything else is done.
    let unsaved: HeldGrant?

    private var saving: RefreshSaving { RefreshSaving(parts: parts, id: id, fields: fields) }

    func run() async -> Outcome {
        do throws(DatabaseError) {
            // A stopped process that lost its lock meanwhile begins again, once.
            if let outcome = try await attempt() { return outcome }
            if let outcome = try await attempt() { return outcome }
            return unavailable(nil, "the lock was lost before the refresh was sent")
        } catch {
            return unavailable(nil, error.description)
        }
    }

    /// Nil when the lock was lost before anything was sent.
    private func attempt() async throws(DatabaseError) -> Outcome? {
        let lock = try await parts.database.lock(
            "token-\(id)", lease: parts.policy.lease, patience: parts.policy.patience)
        let outcome: Result<Outcome?, DatabaseError>
        do throws(DatabaseError) {
            outcome = .success(try await refresh(under: lock))
        } catch {
            outcome = .failure(error)
        }
        await lock.release()
        return try outcome.get()
    }

    private func refresh(under lock: any DatabaseLock) async throws(DatabaseError) -> Outcome? {
        if let unsaved { _ = try await saving.save(unsaved) }
        guard let stored = try await parts.store.load(id, .oauth) else { return .absent }
        let record = try await parts.journal.record(id)
        guard let held = HeldGrant(stored, record, fields: fields) else { return .unreadable }
        if isNews(held) { return .held(held) }
        return try await refresh(held, under: lock)
    }

    private func refresh(
        _ held: HeldGrant, under lock: any DatabaseLock
    ) async throws(DatabaseError) -> Outcome? {
        if let refusal = standing(held) { return .failed(held, refusal) }
        guard let token = held.grant.refreshToken else {
            return try await fail(
                held, .noRefreshToken, "the grant holds no refresh token", retryAfter: nil)
        }
        let earlier = held.sent(parts.sealer)
        if earlier == nil {
            try await parts.journal.open(id, try fingerprint(held), at: parts.now())
        }
        guard await lock.isHeld() else { return nil }
        do throws(RefreshFailure) {
            let answer = try await RefreshSending(parts: parts).send(token, of: held.grant)
            return await saving.save(answer, over: held)
        } catch {
            return try await failed(held, error, earlier)
        }
    }

    /// Whether another process has done it already.
    private func isNews(_ held: HeldGrant) -> Bool {
        switch demand {
        case .due: held.life.isFresh(at: parts.now())
        case .replacing(let token): held.grant.accessToken != token
        case .forced: false
        }
    }

    /// A failure that still stands and forbids another attempt now.
    private func standing(_ held: HeldGrant) -> TokenError? {
        guard demand != .forced, let failure = held.failure(parts.sealer) else { return nil }
        return TokenError(failure, id, at: parts.now())
    }

    // MARK: Failures

    private func failed(
        _ held: HeldGrant, _ failure: RefreshFailure, _ earlier: RefreshRecord.Sent?
    ) async throws(DatabaseError) -> Outcome {
        guard case .refused(let code, let text) = failure else {
            // Only an answer that says so proves that the refresh token was not used up.
            if case .answerLost = failure {
            } else if earlier == nil {
                try await parts.journal.close(id)
            }
            return try await fail(
                held, .retrying, failure.reason, retryAfter: failure.retryAfter)
        }
        if let newer = try await newer(than: held) { return .held(newer) }
        if code == "invalid_client" {
            return try await fail(held, .clientRefused, text, retryAfter: nil)
        }
        guard let earlier else {
            return try await fail(held, .refused, text, retryAfter: nil)
        }
        let reason = """
            the answer to the refresh sent at \(earlier.at.iso8601) was lost, and since then \(text)
            """
        return try await fail(held, .answerLost, reason, retryAfter: nil)
    }

    /// Other tokens than those that were refused, stored by someone meanwhile.
    private func newer(than held: HeldGrant) async throws(DatabaseError) -> HeldGrant? {
        guard let stored = try await parts.store.load(id, .oauth),
            let row = HeldGrant(stored, .none, fields: fields),
            row.grant.refreshToken != held.grant.refreshToken
        else { return nil }
        return row
    }

    private func fail(
        _ held: HeldGrant, _ reason: RefreshRecord.Reason, _ text: String, retryAfter: Duration?
    ) async throws(DatabaseError) -> Outcome {
        let attempts = (held.failure(parts.sealer)?.attempts ?? 0) + 1
        let now = parts.now()
        let isFinal = reason != .retrying
        let failure = RefreshRecord.Failure(
            fingerprint: try fingerprint(held), reason: reason, text: text, at: now,
            nextAttempt: isFinal ? nil : now.adding(parts.policy.wait(after: attempts, retryAfter)),
            attempts: attempts)
        try await parts.journal.failed(id, failure)
        if !isFinal {
            parts.report(.failed(id, reason: text, nextAttempt: failure.nextAttempt))
        } else if held.failure(parts.sealer)?.isFinal != true {
            parts.report(.needsReconnect(id, failure))
        }
        let seen = HeldGrant(
            held.stored,
            RefreshRecord(
                sent: held.record.sent, refreshedAt: held.record.refreshedAt, failure: failure),
            fields: fields)
        return .failed(
            seen,
            isFinal
                ? .needsReconnect(id, failure)
                : .unavailable(id, reason: text, nextAttempt: failure.nextAttempt))
    }

    private func unavailable(_ held: HeldGrant?, _ reason: String) -> Outcome {
        .failed(held, .unavailable(id, reason: reason, nextAttempt: nil))
    }

    private func fingerprint(_ held: HeldGrant) throws(DatabaseError) -> String {
        do {
            return try parts.sealer.fingerprint(of: held.grant)
        } catch {
            throw .failed(reason: "the tokens could not be named: \(error.reason)")
        }
    }
}
