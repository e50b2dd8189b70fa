package import Engine

/// A browser without hands: it opens a page and goes wherever it is sent.
package struct HandsFreeBrowser: Sendable {
    private static let redirects = 10

    private let client: any HTTPClient

    package init(client: any HTTPClient = CurlClient(userAgent: "Mozilla/5.0")) {
        self.client = client
    }

    /// The last answer, which is that of the loopback callback when the user grants.
    @discardableResult
    package func open(_ url: URL) async throws(HTTPClientError) -> HTTPResponse {
        var url = url
        for _ in 0...Self.redirects {
            let response = try await client.send(HTTPRequest(url: url, timeout: .seconds(30)))
            guard (300..<400).contains(response.status),
                let location = response.headers["Location"],
                let next = URL(string: location, relativeTo: url)?.absoluteURL
            else { return response }
            url = next
        }
        throw .refused(host: url.host() ?? "", reason: "it redirects without end")
    }
}

extension HTTPRequest {
    init(url: URL, timeout: Duration) {
        self.init("GET", url, headers: ["Accept": "text/html"], timeout: timeout)
    }
}
