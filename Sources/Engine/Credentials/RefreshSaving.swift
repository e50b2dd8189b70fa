/// Stores new tokens over the row that the refresh was made from, and over no other.
struct RefreshSaving: Sendable {
    let parts: TokenParts
    let id: ProviderID
    let fields: [GrantField]

    /// Tries for a while; new tokens that cannot be stored are kept in memory.
    func save(_ answer: RefreshAnswer, over held: HeldGrant) async -> TokenRefresh.Outcome {
        let now = parts.now()
        let renewal = GrantRenewal(answer: answer, fields: fields, now: now)
        for pause in [.zero] + parts.policy.savePauses {
            try? await Task.sleep(for: pause)
            if let outcome = try? await store(over: held.stored, renewal.applied) {
                parts.report(.refreshed(id))
                return outcome
            }
        }
        let contents = renewal.applied(to: held.stored.contents ?? .null)
        guard let renewed = held.renewed(contents, fields: fields, at: now) else {
            return .failed(
                held, .unavailable(id, reason: "the answer is no grant", nextAttempt: nil))
        }
        parts.report(.unsaved(id))
        return .held(renewed)
    }

    /// Stores what an earlier refresh brought.
    func save(_ held: HeldGrant) async throws(DatabaseError) -> TokenRefresh.Outcome {
        let contents = held.unsaved ?? .null
        let outcome = try await store(over: held.stored) { _ in contents }
        parts.report(.saved(id))
        return outcome
    }

    /// A row that changed meanwhile is opened: with the same refresh token in it (sealed anew), it
    /// is replaced; with another one, it is newer than ours and is adopted.
    private func store(
        over base: StoredCredential, _ contents: (JSONValue) -> JSONValue
    ) async throws(DatabaseError) -> TokenRefresh.Outcome {
        var row = base
        for _ in 0..<5 {
            if try await parts.store.swap(row, for: contents(row.contents ?? .null)) {
                try? await parts.journal.succeeded(id, at: parts.now())
                return try await reloaded()
            }
            guard let found = try await parts.store.load(id, .oauth) else { return .absent }
            guard let theirs = found.contents else { return .unreadable }
            guard theirs["refreshToken"] == base.contents?["refreshToken"],
                theirs["accessToken"] == base.contents?["accessToken"]
            else { return try await reloaded() }
            row = found
        }
        throw .failed(reason: "the row kept changing")
    }

    private func reloaded() async throws(DatabaseError) -> TokenRefresh.Outcome {
        guard let stored = try await parts.store.load(id, .oauth) else { return .absent }
        let record = try await parts.journal.record(id)
        guard let held = HeldGrant(stored, record, fields: fields) else { return .unreadable }
        return .held(held)
    }
}
