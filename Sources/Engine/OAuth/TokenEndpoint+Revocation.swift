/// Which of a grant's two tokens is meant (RFC 7009 §2.1, `token_type_hint`).
package enum TokenKind: String, Sendable, Equatable {
    case access = "access_token"
    case refresh = "refresh_token"

    package var name: String {
        switch self {
        case .access: "the access token"
        case .refresh: "the refresh token"
        }
    }
}

/// Why a token was not revoked, by what may be done next.
package enum RevocationFailure: Error, Equatable {
    /// It may go well later; the server may also have done it already.
    case later(reason: String, retryAfter: Duration?)
    /// Nothing is at this address any more (404, 410).
    case endpointGone(reason: String)
    /// The server does not revoke tokens of this kind (§2.2.1).
    case unsupportedKind(reason: String)
    case refused(reason: String)

    package var reason: String {
        switch self {
        case .later(let reason, _), .endpointGone(let reason), .unsupportedKind(let reason),
            .refused(let reason):
            reason
        }
    }
}

extension TokenEndpoint {
    private static let mostRevocations = 3
    private static let longestRevocationWait = Duration.seconds(5)

    /// Takes a token back, where this is the address of a revocation endpoint (RFC 7009 §2.1).
    ///
    /// A token that the server does not know is done with (§2.2). A complete 429 or 503 is waited
    /// for, briefly.
    package func revoke(
        _ token: Secret, _ kind: TokenKind, clientID: String
    ) async throws(RevocationFailure) {
        let request = request([
            ("token", token.reveal()), ("token_type_hint", kind.rawValue), ("client_id", clientID),
        ])
        for attempt in 1... {
            do throws(RevocationFailure) {
                return try await send(request, hiding: token)
            } catch {
                guard case .later(_, let wait?) = error, wait <= Self.longestRevocationWait,
                    attempt < Self.mostRevocations, (try? await Task.sleep(for: wait)) != nil
                else { throw error }
            }
        }
    }

    private func send(
        _ request: HTTPRequest, hiding token: Secret
    ) async throws(RevocationFailure) {
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try await client.send(request)
        } catch {
            throw .later(reason: error.description, retryAfter: nil)
        }
        let refusal = Self.refusal(JSONValue(decoding: response.body), hiding: [token])
        let reason = refusal?.reason ?? "the server answered status \(response.status)"
        switch response.status {
        case 200..<300 where refusal == nil: return
        case _ where refusal?.code == "unsupported_token_type":
            throw .unsupportedKind(reason: reason)
        case 429, 503:
            throw .later(reason: reason, retryAfter: response.retryAfter ?? .seconds(1))
        case 404, 410: throw .endpointGone(reason: reason)
        case 200..<500 where refusal != nil: throw .refused(reason: reason)
        // The token is given up for the server's own word alone, not for that of a proxy.
        default: throw .later(reason: reason, retryAfter: nil)
        }
    }
}
