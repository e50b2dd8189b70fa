/// What is known of a provider's refreshes beside its row.
package struct RefreshRecord: Sendable, Equatable {
    /// A refresh that was sent and whose new token is not stored yet.
    package struct Sent: Sendable, Equatable {
        package let fingerprint: String
        package let at: Date
    }

    /// A refresh that brought nothing, and what follows from it.
    package struct Failure: Sendable, Equatable {
        package let fingerprint: String
        /// `needs_reconnect` cases have a reason of their own; others are retried.
        package let reason: Reason
        package let text: String
        package let at: Date
        /// Nil when it is not tried again.
        package let nextAttempt: Date?
        package let attempts: Int
    }

    /// Stable words for scripts.
    package enum Reason: String, Sendable {
        /// The server refuses this refresh token for good: revoked, expired or replaced.
        case refused = "refresh_refused"
        /// It refuses it after an earlier answer was lost, which held the token that replaced it.
        case answerLost = "refresh_answer_lost"
        case clientRefused = "client_refused"
        case noRefreshToken = "no_refresh_token"
        /// Tried again.
        case retrying
    }

    package let sent: Sent?
    package let refreshedAt: Date?
    package let failure: Failure?

    package static let none = RefreshRecord(sent: nil, refreshedAt: nil, failure: nil)
}

extension RefreshRecord.Failure {
    package var isFinal: Bool { reason != .retrying }

    /// Whether it forbids another attempt now.
    func stands(at now: Date) -> Bool {
        isFinal || nextAttempt.map { $0 > now } ?? false
    }
}
