/// Why a refresh brought no new token, by what may be done next.
package enum RefreshFailure: Error, Equatable {
    /// Nothing went out: the same refresh token may be sent later.
    case notSent(reason: String)
    /// The server asked to come back later; it did not use the refresh token.
    case later(reason: String, retryAfter: Duration?)
    /// The request went out, and whether the server acted on it is unknown.
    case answerLost(reason: String, retryAfter: Duration?)
    /// Nothing is at this address any more (404, 410).
    case endpointGone(reason: String)
    /// The server will never take this refresh token, or this client, again (RFC 6749 §5.2).
    case refused(code: String, reason: String)

    package var reason: String {
        switch self {
        case .notSent(let reason), .later(let reason, _), .answerLost(let reason, _),
            .endpointGone(let reason), .refused(_, let reason):
            reason
        }
    }

    package var retryAfter: Duration? {
        switch self {
        case .later(_, let wait), .answerLost(_, let wait): wait
        default: nil
        }
    }

    init(_ error: HTTPClientError) {
        switch error {
        case .unreachable, .insecureConnection, .refused: self = .notSent(reason: error.description)
        case .answerUnknown, .answerTooLarge, .cancelled:
            self = .answerLost(reason: error.description, retryAfter: nil)
        }
    }
}
