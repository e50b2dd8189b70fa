public import Engine

/// A browser without hands: it opens an address and goes wherever it is sent.
public struct LoopbackBrowser: Sendable {
    private static let mostRedirects = 10

    private let client: any HTTPClient

    /// Makes a browser that trusts the system's certificates or, where one is given, those of a
    /// file.
    public init(certificateFile: String? = nil) {
        client = CurlClient(userAgent: "Mozilla/5.0", certificateFile: certificateFile)
    }

    /// The page at the end of all redirects: that of the loopback callback, when the server sends
    /// there.
    ///
    /// - Throws: `HTTPClientError` when an answer does not come or the redirects do not end.
    @discardableResult
    public func open(_ url: URL) async throws(HTTPClientError) -> HTTPResponse {
        var url = url
        for _ in 0...Self.mostRedirects {
            let response = try await get(url)
            guard let next = Self.target(of: response, from: url) else { return response }
            url = next
        }
        throw .refused(host: url.host() ?? "", reason: "it redirects without end")
    }

    /// Where an address sends the browser, without going there; nil when it does not.
    ///
    /// - Throws: `HTTPClientError` when the answer does not come.
    public func redirect(from url: URL) async throws(HTTPClientError) -> URL? {
        Self.target(of: try await get(url), from: url)
    }

    private func get(_ url: URL) async throws(HTTPClientError) -> HTTPResponse {
        try await client.send(
            HTTPRequest("GET", url, headers: ["Accept": "text/html"], timeout: .seconds(30)))
    }

    private static func target(of response: HTTPResponse, from url: URL) -> URL? {
        guard (300..<400).contains(response.status), let text = response.headers["Location"] else {
            return nil
        }
        return URL(string: text, relativeTo: url)?.absoluteURL
    }
}
