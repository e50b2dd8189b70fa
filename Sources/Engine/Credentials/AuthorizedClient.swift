/// Signs requests to one origin with a bearer token and refuses any other (RFC 6750 §2.1).
package struct AuthorizedClient: HTTPClient {
    private let client: any HTTPClient
    private let token: Secret
    private let host: URL

    package init(_ client: any HTTPClient, token: Secret, host: URL) {
        self.client = client
        self.token = token
        self.host = host
    }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        guard request.url.origin == host.origin else {
            throw .refused(
                host: request.url.host() ?? "", reason: "the credential belongs to another host")
        }
        var request = request
        request.headers["Authorization"] = "Bearer \(token.reveal())"
        return try await client.send(request)
    }
}
