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
    let provider: (any Provider)?
    /// What memory holds beyond the row; stored before anything else is done.
    let unsaved: HeldGrant?

    private enum Attempt {
        case ended(Outcome)
        /// Before anything was sent.
        case lockLost
        case late(LateAnswer)
    }

    var fields: [GrantField] { provider?.grantFields ?? [] }
    var saving: RefreshSaving { RefreshSaving(parts: parts, id: id, fields: fields) }

    func run() async -> Outcome {
        do throws(DatabaseError) {
            var late: LateAnswer?
            // A process that was stopped, and lost its lock meanwhile, begins again, once.
            for _ in 0..<2 {
                switch try await attempt(late) {
                case .ended(let outcome): return outcome
                case .lockLost: break
                case .late(let answer): late = answer
                }
            }
            return unavailable("the lock was lost before the refresh was sent")
        } catch {
            return unavailable(error.description)
        }
    }

    private func attempt(_ late: LateAnswer?) async throws(DatabaseError) -> Attempt {
        let lock = try await parts.database.lock(
            "token-\(id)", lease: parts.policy.lease, patience: parts.policy.patience)
        let attempt: Result<Attempt, DatabaseError>
        do throws(DatabaseError) {
            attempt = .success(try await refresh(under: lock, late))
        } catch {
            attempt = .failure(error)
        }
        await lock.release()
        return try attempt.get()
    }

    private func refresh(
        under lock: any DatabaseLock, _ late: LateAnswer?
    ) async throws(DatabaseError) -> Attempt {
        var late = late
        if let unsaved, let renewal = unsaved.unsaved,
            case .givenUp = try await saving.save(unsaved, renewal)
        {
            late = LateAnswer(answer: renewal.answer, base: unsaved.stored)
        }
        let now = try await saving.reloaded()
        guard case .held(let held) = now else { return .ended(now) }
        if let late { return .ended(await prove(late, over: held, under: lock)) }
        if isNews(held) { return .ended(now) }
        if let refusal = standing(held) { return .ended(.failed(held, refusal)) }
        return try await refresh(held, under: lock)
    }

    private func refresh(
        _ held: HeldGrant, under lock: any DatabaseLock
    ) async throws(DatabaseError) -> Attempt {
        guard let token = held.grant.refreshToken else {
            return .ended(
                try await fail(held, .noRefreshToken, "the grant holds no refresh token"))
        }
        let earlier = held.sent(parts.sealer)
        if let end = held.settlement(parts), demand != .forced {
            return .ended(
                .failed(
                    held,
                    .unavailable(
                        id, reason: "a refresh that was sent has not ended yet", nextAttempt: end)))
        }
        guard !parts.isEnding.isSet else { return .ended(unavailable("this process is ending")) }
        try await parts.journal.open(id, try fingerprint(held), at: parts.now())
        guard await lock.isHeld() else { return .lockLost }
        do throws(RefreshFailure) {
            let answer = try await sending(under: lock).send(token, of: held.grant)
            switch await saving.save(answer, over: held) {
            case .ended(let outcome, _): return .ended(outcome)
            case .givenUp: return .late(LateAnswer(answer: answer, base: held.stored))
            }
        } catch {
            return .ended(try await failed(held, error, earlier))
        }
    }

    func sending(under lock: any DatabaseLock) -> RefreshSending {
        RefreshSending(parts: parts, provider: provider, lock: lock)
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

    private func unavailable(_ reason: String) -> Outcome {
        .failed(nil, .unavailable(id, reason: reason, nextAttempt: nil))
    }
}
