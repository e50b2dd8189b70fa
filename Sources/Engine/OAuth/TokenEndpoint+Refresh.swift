extension TokenEndpoint {
    /// Sends a refresh token (RFC 6749 §6), once, and asks for no scope: what was granted stays.
    ///
    /// Not cancelled with the waiting task: a server that rotates has used the token up by then.
    package func refresh(
        _ token: Secret, clientID: String
    ) async throws(RefreshFailure) -> TokenResponse {
        let request = request([
            ("grant_type", "refresh_token"), ("refresh_token", token.reveal()),
            ("client_id", clientID),
        ])
        let client = client
        let answer: Result<HTTPResponse, HTTPClientError> = await Task {
            () async -> Result<HTTPResponse, HTTPClientError> in
            do throws(HTTPClientError) {
                return .success(try await client.send(request))
            } catch {
                return .failure(error)
            }
        }.value
        switch answer {
        case .failure(let error): throw RefreshFailure(error)
        case .success(let response): return try Self.read(response, hiding: token)
        }
    }

    private static func read(
        _ response: HTTPResponse, hiding token: Secret
    ) throws(RefreshFailure) -> TokenResponse {
        let document = JSONValue(decoding: response.body)
        let wait = response.retryAfter
        if let refusal = refusal(document, hiding: [token]) {
            switch refusal.code {
            case "invalid_grant", "invalid_client":
                throw .refused(code: refusal.code, reason: refusal.reason)
            case _ where isDoubtful(response.status) && !saysLater(refusal.code):
                throw .answerLost(reason: refusal.reason, retryAfter: wait)
            default: throw .later(reason: refusal.reason, retryAfter: wait)
            }
        }
        let reason = "the server answered status \(response.status)"
        switch response.status {
        case 200: return try tokens(document)
        case 404, 410: throw .endpointGone(reason: reason)
        case _ where isDoubtful(response.status):
            throw .answerLost(reason: reason, retryAfter: wait)
        default: throw .later(reason: reason, retryAfter: wait)
        }
    }

    /// An error within the server may have come after it had made the new token, and so may an odd
    /// success.
    private static func isDoubtful(_ status: Int) -> Bool {
        (500...599).contains(status) && status != 503 || (201...299).contains(status)
    }

    private static func saysLater(_ code: String) -> Bool { code == "temporarily_unavailable" }

    private static func tokens(
        _ document: JSONValue?
    ) throws(RefreshFailure) -> TokenResponse {
        do throws(OAuthError) {
            return try TokenResponse(document ?? .null)
        } catch {
            guard case .exchangeFailed(let reason) = error else {
                throw .answerLost(reason: error.description, retryAfter: nil)
            }
            throw .answerLost(reason: reason, retryAfter: nil)
        }
    }
}
