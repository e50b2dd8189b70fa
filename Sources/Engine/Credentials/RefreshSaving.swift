/// Stores new tokens over the row that the refresh was made from, and over no other.
struct RefreshSaving: Sendable {
    let parts: TokenParts
    let id: ProviderID
    let fields: [GrantField]

    enum End {
        /// What the row holds, which are ours if `isOurs`.
        case ended(TokenRefresh.Outcome, isOurs: Bool)
        /// Another process has said meanwhile that the user is needed; nothing is stored.
        case givenUp
    }

    /// Tries for a while; new tokens that cannot be stored are kept in memory.
    func save(_ answer: RefreshAnswer, over held: HeldGrant) async -> End {
        let renewal = GrantRenewal(answer: answer, fields: fields, now: parts.now())
        for pause in [.zero] + parts.policy.savePauses {
            try? await Task.sleep(for: pause)
            if let end = try? await store(renewal, over: held) {
                if case .ended(_, isOurs: true) = end { parts.report(.refreshed(id)) }
                return end
            }
        }
        guard let renewed = held.renewed(by: renewal) else {
            let error = TokenError.unavailable(
                id, reason: "the answer is no grant", nextAttempt: nil)
            return .ended(.failed(held, error), isOurs: false)
        }
        parts.report(.unsaved(id))
        return .ended(.held(renewed), isOurs: false)
    }

    /// Stores what an earlier refresh brought.
    func save(_ held: HeldGrant, _ unsaved: GrantRenewal) async throws(DatabaseError) -> End {
        let end = try await store(unsaved, over: held)
        if case .ended(_, isOurs: true) = end { parts.report(.saved(id)) }
        return end
    }

    /// A row that changed meanwhile is opened: with the same tokens in it (sealed anew), it is
    /// replaced; with others, it is newer than ours and is adopted.
    private func store(
        _ renewal: GrantRenewal, over held: HeldGrant
    ) async throws(DatabaseError) -> End {
        let base = held.stored
        var row = base
        for _ in 0..<5 {
            if try await isGivenUp(held) { return .givenUp }
            if try await parts.store.swap(row, for: renewal.applied(to: row.contents ?? .null)) {
                return .ended(try await noted(base), isOurs: true)
            }
            guard let found = try await parts.store.load(id, .oauth) else {
                return .ended(.absent, isOurs: false)
            }
            guard let theirs = found.contents else {
                throw .failed(reason: "the row was sealed anew with a key that is missing here")
            }
            if !found.hasSameTokens(as: base) {
                // An earlier try may have stored ours, and its answer got lost.
                let isOurs =
                    theirs["accessToken"]?.string == renewal.answer.tokens.accessToken.reveal()
                return .ended(try await isOurs ? noted(base) : reloaded(), isOurs: isOurs)
            }
            row = found
        }
        throw .failed(reason: "the row kept changing")
    }

    private func isGivenUp(_ held: HeldGrant) async throws(DatabaseError) -> Bool {
        let record = try await parts.journal.record(id)
        let now = HeldGrant(held.stored, record, fields: fields)
        return now?.verdict(since: held, parts.sealer) != nil
    }

    private func noted(
        _ base: StoredCredential
    ) async throws(DatabaseError) -> TokenRefresh.Outcome {
        if let grant = base.grant(fields: []) {
            let names = parts.sealer.fingerprints(of: grant)
            try? await parts.journal.succeeded(id, names, at: parts.now())
        }
        return try await reloaded()
    }

    func reloaded() async throws(DatabaseError) -> TokenRefresh.Outcome {
        guard let stored = try await parts.store.load(id, .oauth) else { return .absent }
        let record = try await parts.journal.record(id)
        guard let held = HeldGrant(stored, record, fields: fields) else { return .unreadable }
        return .held(held)
    }
}
