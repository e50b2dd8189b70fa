/// A request that reached a server of ours, whole.
package struct ServerRequest: Sendable {
    package let method: String
    /// Path and query as they came, not decoded.
    package let target: String
    package let headers: HTTPHeaders
    package let body: Data
    /// What the route's pattern named, decoded.
    package var parameters: [String: String] = [:]

    package init(method: String, target: String, headers: HTTPHeaders = [:], body: Data = Data()) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The path as it came, not decoded.
    package var path: Substring { target.prefix { $0 != "?" } }

    /// The query's pairs in order; nil when they are not form-encoded UTF-8.
    package var query: [FormURLEncoding.Pair]? {
        FormURLEncoding.decode(target.dropFirst(path.count + 1))
    }
}

/// Answers a request; it never throws, since a client waits for an answer in any case.
package typealias RequestHandler = @Sendable (ServerRequest) async -> HTTPResponse
