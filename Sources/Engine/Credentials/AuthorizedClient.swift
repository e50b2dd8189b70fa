/// Signs requests to one origin with a bearer token and refuses any other (RFC 6750 §2.1).
///
/// A stored grant's token that is refused is replaced, and the request sent again, once (§3.1). An
/// answer 403 is the caller's: no new token has more scopes.
package struct AuthorizedClient: HTTPClient {
    private let client: any HTTPClient
    private let source: TokenSource
    private let host: URL

    /// Signs with a key that never changes.
    package init(_ client: any HTTPClient, token: Secret, host: URL) {
        self.init(client, .fixed(token), host: host)
    }

    package init(_ client: any HTTPClient, _ source: TokenSource, host: URL) {
        self.client = client
        self.source = source
        self.host = host
    }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        guard request.url.origin == host.origin else {
            throw .refused(
                host: request.url.host() ?? "", reason: "the credential belongs to another host")
        }
        guard let token = await source.token(at: host) else {
            throw .refused(host: host.host() ?? "", reason: "there is no usable token for it")
        }
        let response = try await client.send(signed(request, token))
        guard response.status == 401, let other = await source.token(insteadOf: token, at: host)
        else { return response }
        return try await client.send(signed(request, other))
    }

    private func signed(_ request: HTTPRequest, _ token: Secret) -> HTTPRequest {
        var request = request
        request.headers["Authorization"] = "Bearer \(token.reveal())"
        return request
    }
}

/// Where a bearer token comes from.
package enum TokenSource: Sendable {
    case fixed(Secret)
    case stored(ProviderID, TokenManager)

    /// Nil as well when the stored grant is meanwhile one for another host.
    fileprivate func token(at host: URL) async -> Secret? {
        switch self {
        case .fixed(let token): token
        case .stored(let id, let tokens): await tokens.token(ifAny: id, at: host)
        }
    }

    fileprivate func token(insteadOf refused: Secret, at host: URL) async -> Secret? {
        switch self {
        case .fixed: nil
        case .stored(let id, let tokens):
            await tokens.token(insteadOf: refused, of: id) == nil
                ? nil : await tokens.token(ifAny: id, at: host)
        }
    }
}
