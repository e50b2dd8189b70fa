extension TokenRefresh {
    /// What a refresh that brought nothing means, and a note of it.
    func failed(
        _ held: HeldGrant, _ failure: RefreshFailure, _ earlier: RefreshRecord.Sent?
    ) async throws(DatabaseError) -> Outcome {
        if let news = try await news(since: held) { return news }
        guard case .refused(let code, let text) = failure else {
            // Only an answer that says so proves that the refresh token was not used up.
            if case .answerLost = failure {
            } else if earlier == nil {
                try await parts.journal.close(id, parts.sealer.fingerprints(of: held.grant))
            }
            return try await fail(held, .retrying, failure.reason, failure.retryAfter)
        }
        if code == "invalid_client" { return try await fail(held, .clientRefused, text) }
        guard let earlier else { return try await fail(held, .refused, text) }
        let reason = """
            the answer to the refresh sent at \(earlier.at.iso8601) was lost, and since then \(text)
            """
        return try await fail(held, .answerLost, reason)
    }

    /// What others made of it while this process waited or was stopped; nil when nothing.
    private func news(since held: HeldGrant) async throws(DatabaseError) -> Outcome? {
        let outcome = try await saving.reloaded()
        guard case .held(let now) = outcome else { return outcome }
        if !now.stored.hasSameTokens(as: held.stored) { return outcome }
        guard let verdict = now.verdict(since: held, parts.sealer) else { return nil }
        return .failed(now, .needsReconnect(id, verdict))
    }

    func fail(
        _ held: HeldGrant, _ reason: RefreshRecord.Reason, _ text: String,
        _ retryAfter: Duration? = nil
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
        let error: TokenError =
            isFinal
            ? .needsReconnect(id, failure)
            : .unavailable(id, reason: text, nextAttempt: failure.nextAttempt)
        return .failed(held.noting(failure, fields: fields), error)
    }

    func fingerprint(_ held: HeldGrant) throws(DatabaseError) -> String {
        do {
            return try parts.sealer.fingerprint(of: held.grant)
        } catch {
            throw .failed(reason: "the tokens could not be named: \(error.reason)")
        }
    }
}
