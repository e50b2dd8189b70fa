/// Why there is no usable token.
package enum TokenError: Error, Equatable {
    case notConnected(ProviderID)
    /// A row is there, but no secret of this instance opens it.
    case unreadable(ProviderID)
    case needsReconnect(ProviderID, RefreshRecord.Failure)
    /// Its refresh has not succeeded yet.
    case unavailable(ProviderID, reason: String, nextAttempt: Date?)
    /// The database cannot be read, and memory holds nothing.
    case database(DatabaseError)
}

extension TokenError: ActionableError {
    package var code: String {
        switch self {
        case .notConnected: "not_connected"
        case .unreadable: "credential_undecryptable"
        case .needsReconnect: "needs_reconnect"
        case .unavailable: "refresh_unavailable"
        case .database(let error): error.code
        }
    }

    package var description: String {
        switch self {
        case .notConnected(let id): "nothing is stored for '\(id)'"
        case .unreadable(let id):
            "a credential for '\(id)' is stored, but no secret of this instance opens it"
        case .needsReconnect(let id, let failure):
            "the grant of '\(id)' cannot be refreshed any more: \(failure.text)"
        case .unavailable(let id, let reason, _):
            "the token of '\(id)' could not be refreshed: \(reason)"
        case .database(let error): error.description
        }
    }

    package var hint: String? {
        switch self {
        case .notConnected(let id), .needsReconnect(let id, _):
            "run `hogsend connect \(id)`"
        case .unreadable: "put the earlier BETTER_AUTH_SECRET in BETTER_AUTH_SECRET_PREVIOUS"
        case .unavailable(_, _, let next):
            next.map { "try again after \($0.iso8601)" } ?? "try again later"
        case .database(let error): error.hint
        }
    }
}

extension TokenError {
    /// Nil when the failure does not forbid another attempt.
    init?(_ failure: RefreshRecord.Failure, _ id: ProviderID, at now: Date) {
        guard failure.stands(at: now) else { return nil }
        self =
            failure.isFinal
            ? .needsReconnect(id, failure)
            : .unavailable(id, reason: failure.text, nextAttempt: failure.nextAttempt)
    }
}
