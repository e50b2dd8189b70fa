/// What a token endpoint says of a device code.
package enum DevicePoll: Sendable {
    case granted(TokenResponse)
    case pending
    case slowDown
    /// No answer, or none of the server's own; how long to wait at least where it was said.
    case unreachable(reason: String, retryAfter: Duration?)
}

extension TokenEndpoint {
    /// Asks for a code, where this is the device authorization endpoint (RFC 8628 §3.1).
    package func deviceCode(
        clientID: String, scopes: [Scope], parameters: [String: String]
    ) async throws -> JSONValue {
        var pairs = [("client_id", clientID)]
        if !scopes.isEmpty { pairs.append(("scope", scopes.joined)) }
        let taken = Set(pairs.map(\.0))
        pairs += parameters.sorted { $0.key < $1.key }.filter { !taken.contains($0.key) }
            .map { ($0.key, $0.value) }
        let response: HTTPResponse
        do {
            response = try await sendPatiently(request(pairs))
        } catch OAuthError.exchangeFailed(let reason) {
            throw OAuthError.noDeviceCode(reason: reason)
        }
        let document = JSONValue(decoding: response.body)
        if let refusal = Self.refusal(document, hiding: []) {
            throw OAuthError.noDeviceCode(reason: refusal.reason)
        }
        guard response.status == 200, let document, document.object != nil else {
            throw OAuthError.noDeviceCode(
                reason: "the server answered status \(response.status)"
                    + (document == nil ? " without JSON" : ""))
        }
        return document
    }

    /// Asks once whether the code was entered (RFC 8628 §3.4).
    package func poll(_ deviceCode: Secret, clientID: String) async throws -> DevicePoll {
        let request = request([
            ("grant_type", AuthorizationFlow.device.grantType),
            ("device_code", deviceCode.reveal()), ("client_id", clientID),
        ])
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try await client.send(request)
        } catch {
            switch error {
            case .cancelled: throw CancellationError()
            case .unreachable, .answerUnknown:
                return .unreachable(reason: error.description, retryAfter: nil)
            case .insecureConnection, .answerTooLarge, .refused:
                throw OAuthError.exchangeFailed(reason: error.description)
            }
        }
        return try Self.read(response, hiding: deviceCode)
    }

    private static func read(
        _ response: HTTPResponse, hiding code: Secret
    ) throws(OAuthError) -> DevicePoll {
        let document = JSONValue(decoding: response.body)
        if let refusal = refusal(document, hiding: [code]) {
            switch refusal.code {
            case "authorization_pending": return .pending
            case "slow_down": return .slowDown
            case "access_denied": throw .consentDenied
            case "expired_token": throw .deviceCodeExpired(nil)
            case "temporarily_unavailable", "server_error":
                return .unreachable(reason: refusal.reason, retryAfter: response.retryAfter)
            default: throw .exchangeFailed(reason: refusal.reason)
            }
        }
        // A proxy's word for a server that is away, and no word of the server's.
        if response.status == 429 || response.status >= 500 {
            return .unreachable(
                reason: "the server answered status \(response.status)",
                retryAfter: response.retryAfter)
        }
        guard response.status == 200, let document else {
            throw .exchangeFailed(
                reason: "the server answered status \(response.status)"
                    + (document == nil ? " without JSON" : ""))
        }
        return .granted(try TokenResponse(document))
    }
}
