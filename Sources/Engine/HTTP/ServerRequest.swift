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
    package var path: Substring { Self.path(of: target) }

    /// Found by bytes: to Swift, a `?` with an accent on it is one character that is not `?`.
    static func path(of target: String) -> Substring {
        Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") })
    }

    /// The query's pairs in order; nil when they are not form-encoded UTF-8.
    package var query: [FormURLEncoding.Pair]? {
        FormURLEncoding.decode(Substring(target.utf8.dropFirst(path.utf8.count + 1)))
    }
}

/// Answers a request; it never throws, since a client waits for an answer in any case.
package typealias RequestHandler = @Sendable (ServerRequest) async -> HTTPResponse
