package import Engine
import SimulatedService

/// A rule by which requests go wrong.
package struct ServerFault: CountedFault, Sendable, Equatable {
    /// The beginning of the paths it concerns.
    package var path: String
    /// The method it concerns; nil is any.
    package var method: String?
    /// How many matching requests go well first.
    package var skip: Int
    /// How many then go wrong; nil is all.
    package var times: Int?
    /// Whether the request is carried out although the answer goes wrong.
    package var performs: Bool
    /// How long the answer takes.
    package var delay: Duration
    /// What is answered; nil is the right answer, late.
    package var answer: HTTPResponse?

    package init(
        _ path: String, method: String? = nil, skip: Int = 0, times: Int? = nil,
        performs: Bool = false, delay: Duration = .zero, answer: HTTPResponse? = nil
    ) {
        self.path = path
        self.method = method
        self.skip = skip
        self.times = times
        self.performs = performs
        self.delay = delay
        self.answer = answer
    }

    package func matches(_ request: ServerRequest) -> Bool {
        request.path.hasPrefix(path) && (method == nil || method == request.method)
    }
}

// MARK: - Answers

extension HTTPResponse {
    package static func webPage(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "text/html; charset=utf-8"],
            body: Data(text.utf8))
    }

    package static func found(at location: String) -> HTTPResponse {
        HTTPResponse(status: 302, headers: ["Location": location])
    }

    /// The connection is closed without an answer: libmicrohttpd does so on an impossible status.
    package static var cutOff: HTTPResponse { HTTPResponse(status: 0) }

    /// A JSON text that stops in the middle, in an answer that is whole.
    package static var truncated: HTTPResponse {
        json(200, text: Data(#"{"count": 1, "results": [{"id": "#.utf8))
    }

    /// A JSON text of that many bytes.
    package static func oversize(_ bytes: Int = 16 << 20) -> HTTPResponse {
        json(200, ["padding": .string(String(repeating: "x", count: max(bytes - 14, 0)))])
    }
}

// MARK: - Presets

extension ServerFault {
    private static let discovery = "/.well-known/oauth-authorization-server"

    package static var discovery404: ServerFault {
        ServerFault(discovery, answer: .webPage(404, "<h1>Not found</h1>"))
    }

    /// The catch-all of a server that knows no discovery.
    package static var discoveryHTML: ServerFault {
        ServerFault(discovery, answer: .webPage(200, "<!doctype html><title>PostHog</title>"))
    }

    package static var discoveryRedirect: ServerFault {
        ServerFault(discovery, answer: .found(at: "/login?next=\(discovery)"))
    }

    /// What the token endpoint says while its database is under pressure.
    package static func tokenUnavailable(times: Int? = 1, retryAfter: Int = 1) -> ServerFault {
        var answer = HTTPResponse.json(503, ["error": "temporarily_unavailable"])
        answer.headers["Retry-After"] = String(retryAfter)
        return ServerFault("/oauth/token", method: "POST", times: times, answer: answer)
    }

    package static func throttled(
        _ path: String = "/api/", method: String? = nil, times: Int? = 1, retryAfter: Int = 1
    ) -> ServerFault {
        let problem = APIProblem.throttled(seconds: retryAfter)
        return ServerFault(path, method: method, times: times, answer: problem.response)
    }
}
