/// The token endpoint of a public client: no secret, no Authorization header.
package struct TokenEndpoint: Sendable {
    private static let mostAttempts = 3
    private static let longestWait = Duration.seconds(10)

    package let url: URL
    package let client: any HTTPClient
    /// How long one request may take.
    package var timeout = Duration.seconds(20)

    package init(url: URL, client: any HTTPClient) {
        self.url = url
        self.client = client
    }

    /// Exchanges a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
    ///
    /// The code goes out once, and again only after a complete 429 or 503: a server that took it
    /// would see a second use as theft.
    package func exchange(
        code: Secret, verifier: Secret, redirectURI: String, clientID: String
    ) async throws -> TokenResponse {
        let request = request([
            ("grant_type", "authorization_code"), ("code", code.reveal()),
            ("redirect_uri", redirectURI), ("client_id", clientID),
            ("code_verifier", verifier.reveal()),
        ])
        return try read(try await sendPatiently(request), hiding: [code, verifier])
    }

    func request(_ form: [(String, String)]) -> HTTPRequest {
        HTTPRequest(
            "POST", url,
            headers: [
                "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
            ],
            body: Data(FormURLEncoding.encode(form).utf8), timeout: timeout,
            maximumBody: 256 << 10)
    }

    func sendPatiently(_ request: HTTPRequest) async throws -> HTTPResponse {
        var attempt = 1
        while true {
            let response = try await send(request)
            guard [429, 503].contains(response.status), attempt < Self.mostAttempts else {
                return response
            }
            attempt += 1
            try await Task.sleep(for: min(response.retryAfter ?? .seconds(1), Self.longestWait))
        }
    }

    private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        do {
            return try await client.send(request)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw OAuthError.exchangeFailed(reason: error.description)
        }
    }

    private func read(
        _ response: HTTPResponse, hiding secrets: [Secret]
    ) throws(OAuthError) -> TokenResponse {
        let document = JSONValue(decoding: response.body)
        if let refusal = Self.refusal(document, hiding: secrets) {
            throw .exchangeFailed(reason: refusal.reason)
        }
        guard response.status == 200, let document else {
            throw .exchangeFailed(
                reason: "the server answered status \(response.status)"
                    + (document == nil ? " without JSON" : ""))
        }
        return try TokenResponse(document)
    }

    /// RFC 6749 §4.1.2.1 and §5.2, RFC 7009 §2.2.1, RFC 8628 §3.5.
    private static let registeredErrors: Set = [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
        "unsupported_grant_type", "invalid_scope", "unsupported_token_type",
        "authorization_pending", "slow_down", "access_denied", "expired_token",
        "server_error", "temporarily_unavailable",
    ]

    /// The error of RFC 6749 §5.2, whatever the status: some servers send one with 200.
    static func refusal(
        _ document: JSONValue?, hiding secrets: [Secret]
    ) -> (code: String, reason: String)? {
        guard let error = document?["error"]?.string else { return nil }
        // A short secret may stand in one of them by chance, and they are what is acted upon.
        let code =
            registeredErrors.contains(error) ? error : shown(error, hiding: secrets, limit: 60)
        let text = document?["error_description"]?.string
            .map { ": \"\(shown($0, hiding: secrets, limit: 300))\"" }
        return (code, "the server answered '\(code)'\(text ?? "")")
    }

    /// A stranger's words without what he was sent, should he repeat it.
    private static func shown(_ text: String, hiding secrets: [Secret], limit: Int) -> String {
        secrets.reduce(text) { $0.replacing($1.reveal(), with: "\($1)") }.sanitized(limit: limit)
    }
}
