/// Signs requests to one origin with a stored grant's token and refuses any other (RFC 6750 §2.1).
///
/// A token that is refused is replaced, and the request sent again, once (§3.1). An answer 403 is the
/// caller's: no new token has more scopes.
package struct AuthorizedClient: HTTPClient {
    private let client: any HTTPClient
    private let id: ProviderID
    private let tokens: TokenManager
    private let host: URL

    package init(
        _ client: any HTTPClient, grantOf id: ProviderID, _ tokens: TokenManager, host: URL
    ) {
        self.client = client
        self.id = id
        self.tokens = tokens
        self.host = host
    }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        guard request.url.origin == host.origin else {
            return try await signed(Secret("")).send(request)
        }
        // No token is there as well when the stored grant is meanwhile one for another host.
        let token = await tokens.token(ifAny: id, at: host) ?? Secret("")
        let response = try await signed(token).send(request)
        guard response.status == 401, await tokens.token(insteadOf: token, of: id) != nil,
            let other = await tokens.token(ifAny: id, at: host)
        else { return response }
        return try await signed(other).send(request)
    }

    private func signed(_ token: Secret) -> KeyedClient {
        KeyedClient(client, .bearer(field: ""), key: token, host: host)
    }
}
