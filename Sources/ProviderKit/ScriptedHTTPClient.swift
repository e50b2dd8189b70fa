public import Engine

/// An HTTP client for tests that answers by a script and remembers what it was asked.
public final class ScriptedHTTPClient: HTTPClient {
    /// What decides on an answer.
    public typealias Script =
        @Sendable (HTTPRequest) throws(HTTPClientError) -> HTTPResponse

    private let script: Script
    private let asked = Locked<[HTTPRequest]>([])

    /// Answers whatever the script says.
    public init(answering script: @escaping Script) {
        self.script = script
    }

    /// Answers in this order; a request beyond the last answer is refused.
    public convenience init(_ responses: HTTPResponse...) {
        self.init(responses.map { .success($0) })
    }

    /// Answers or fails in this order; a request beyond the last answer is refused.
    public convenience init(_ results: [Result<HTTPResponse, HTTPClientError>]) {
        let rest = Locked(results[...])
        self.init { request throws(HTTPClientError) in
            guard let next = rest.withLock({ $0.popFirst() }) else {
                throw .refused(
                    host: request.url.host() ?? "", reason: "the script has no further answer")
            }
            return try next.get()
        }
    }

    /// Records the request and answers by the script.
    public func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        asked.withLock { $0.append(request) }
        return try script(request)
    }

    /// Every request so far, in order.
    public var requests: [HTTPRequest] { asked.withLock { $0 } }

    /// Every request so far as `GET /path?query`.
    public var lines: [String] {
        requests.map { request in
            let query = request.url.query().map { "?" + $0 } ?? ""
            // `path()` drops a slash at the end.
            let path = URLComponents(url: request.url, resolvingAgainstBaseURL: false)?.path
            return "\(request.method) \(path ?? "")\(query)"
        }
    }

    /// The requests other than `GET`.
    public var writes: [HTTPRequest] { requests.filter { $0.method != "GET" } }
}
