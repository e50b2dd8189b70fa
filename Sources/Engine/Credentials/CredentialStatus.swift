/// How a stored grant is doing.
package struct CredentialStatus: Sendable, Equatable {
    /// Stable words for people and scripts.
    package enum Word: String, Sendable {
        case ok
        /// The token ends soon or has ended, and is still to be refreshed.
        case expiring
        case needsReconnect = "needs_reconnect"
        case undecryptable
    }

    package let word: Word
    package let reason: String?
    package let since: Date?
    package let lastRefresh: Date?
    package let nextAttempt: Date?

    init(_ stored: StoredCredential, _ record: RefreshRecord, _ parts: TokenParts) {
        lastRefresh = record.refreshedAt
        guard let held = HeldGrant(stored, record, fields: []) else {
            (word, reason, since, nextAttempt) = (.undecryptable, nil, nil, nil)
            return
        }
        let failure = held.failure(parts.sealer)
        reason = failure?.text
        since = failure?.at
        if failure?.isFinal == true {
            (word, nextAttempt) = (.needsReconnect, nil)
        } else if held.life.isFresh(at: parts.now()) {
            (word, nextAttempt) = (.ok, failure?.nextAttempt ?? held.life.renewal(spread: 0))
        } else {
            (word, nextAttempt) = (.expiring, failure?.nextAttempt)
        }
    }
}

extension TokenParts {
    /// How the grant of each row is doing.
    package func status(of row: StoredCredential) async throws(DatabaseError) -> CredentialStatus {
        CredentialStatus(row, try await journal.record(row.provider), self)
    }
}
