/// An answer that came when the fleet had given up on the tokens it was asked with.
///
/// Its process was stopped; another one sent the same refresh token, was refused, and said that the
/// user is needed. A server that saw the token twice may have revoked what it had made of it.
struct LateAnswer: Sendable {
    let answer: RefreshAnswer
    /// The row that it was asked with.
    let base: StoredCredential

    /// What this answer and then a further one bring, as one.
    func followed(by next: RefreshAnswer) -> RefreshAnswer? {
        let members = answer.tokens.members.merging(next.tokens.members) { $1 }
        return (try? TokenResponse(.object(members))).map {
            RefreshAnswer(tokens: $0, endpoint: next.endpoint)
        }
    }
}

extension TokenRefresh {
    /// Uses the late tokens before it stores them: if they are good they are a rescue, else the row
    /// stays as it is, and so does the reason why the user is needed.
    func prove(
        _ late: LateAnswer, over held: HeldGrant, under lock: any DatabaseLock
    ) async -> Outcome {
        guard held.stored.hasSameTokens(as: late.base) else { return .held(held) }
        guard let failure = held.failure(parts.sealer), failure.isFinal else {
            return await ended(saving.save(late.answer, over: held), held)
        }
        guard let token = late.answer.tokens.refreshToken,
            let next = await proof(of: token, held, under: lock),
            let answer = late.followed(by: next)
        else { return .failed(held, .needsReconnect(id, failure)) }
        return await ended(saving.save(answer, over: held), held)
    }

    /// Nil when the server refuses it, or cannot be asked for a while.
    private func proof(
        of token: Secret, _ held: HeldGrant, under lock: any DatabaseLock
    ) async -> RefreshAnswer? {
        for pause in [.zero] + parts.policy.savePauses {
            try? await Task.sleep(for: pause)
            guard await lock.isHeld() else { return nil }
            do throws(RefreshFailure) {
                return try await sending(under: lock).send(token, of: held.grant)
            } catch {
                if case .refused = error { return nil }
            }
        }
        return nil
    }

    private func ended(_ end: RefreshSaving.End, _ held: HeldGrant) -> Outcome {
        if case .ended(let outcome, _) = end { return outcome }
        return .failed(held, .unavailable(id, reason: "others gave it up", nextAttempt: nil))
    }
}

extension StoredCredential {
    func hasSameTokens(as other: StoredCredential) -> Bool {
        ["accessToken", "refreshToken"].allSatisfy { contents?[$0] == other.contents?[$0] }
    }
}

extension HeldGrant {
    /// The final failure of these tokens that was not known at `earlier`.
    func verdict(
        since earlier: HeldGrant, _ sealer: CredentialSealer
    ) -> RefreshRecord.Failure? {
        guard let failure = failure(sealer), failure.isFinal, failure != earlier.record.failure
        else { return nil }
        return failure
    }

    func noting(_ failure: RefreshRecord.Failure, fields: [GrantField]) -> HeldGrant? {
        let record = RefreshRecord(
            sent: record.sent, refreshedAt: record.refreshedAt, failure: failure)
        return HeldGrant(stored, record, fields: fields)
    }
}
