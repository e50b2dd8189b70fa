/// Sends requests to one origin that carry a key or a token, and refuses any other.
///
/// No client follows redirects, so that the key reaches no second host either.
package struct KeyedClient: HTTPClient {
    private let client: any HTTPClient
    private let use: KeyUse
    private let key: Secret
    private let host: URL

    package init(_ client: any HTTPClient, _ use: KeyUse, key: Secret, host: URL) {
        self.client = client
        self.use = use
        self.key = key
        self.host = host
    }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        guard request.url.origin == host.origin else {
            throw .refused(
                host: request.url.host() ?? "", reason: "the credential belongs to another host")
        }
        guard !key.isEmpty else {
            throw .refused(host: host.host() ?? "", reason: "there is no usable credential for it")
        }
        var request = request
        request.headers[use.header] = use.prefix + key.reveal()
        return try await client.send(request)
    }
}
