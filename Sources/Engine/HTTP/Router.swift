/// Method and path pattern to handler; no sockets.
///
/// A pattern's segment is a literal or `{name}`. Paths match as they came, without any decoding or
/// normalising but that of a named segment, so that no trick of spelling reaches a route.
package struct Router: Sendable {
    private struct Route: Sendable {
        let method: String
        let pattern: String
        let segments: [Segment]
        let handler: RequestHandler
    }

    private var routes: [Route] = []

    package init() {}

    package mutating func on(
        _ method: String, _ pattern: String, _ handler: @escaping RequestHandler
    ) {
        routes.append(
            Route(
                method: method, pattern: pattern, segments: Self.segments(pattern[...]),
                handler: handler))
    }

    package func respond(to request: ServerRequest) async -> HTTPResponse {
        await answer(to: request).response
    }

    /// The answer, and the pattern that the request falls under: what a log may show, since a path
    /// may hold anything.
    package func answer(
        to request: ServerRequest
    ) async -> (response: HTTPResponse, pattern: String?) {
        switch match(request) {
        case .found(let route, let parameters):
            var request = request
            request.parameters = parameters
            return (await route.handler(request), route.pattern)
        case .wrongMethod(let allowed):
            var response = HTTPResponse.json(405, ["error": "Method not allowed"])
            response.headers["Allow"] = allowed.joined(separator: ", ")
            return (response, nil)
        case .none:
            return (.json(404, ["error": "Not found"]), nil)
        }
    }

    /// The pattern a request falls under.
    package func pattern(for request: ServerRequest) -> String? {
        if case .found(let route, _) = match(request) { route.pattern } else { nil }
    }

    private enum Match {
        case found(Route, [String: String])
        case wrongMethod([String])
        case none
    }

    private func match(_ request: ServerRequest) -> Match {
        let segments = Self.segments(request.path)
        let method = request.method == "HEAD" ? "GET" : request.method
        var allowed: [String] = []
        for route in routes {
            guard let parameters = Self.parameters(route.segments, segments) else { continue }
            if route.method == method { return .found(route, parameters) }
            if !allowed.contains(route.method) { allowed.append(route.method) }
        }
        return allowed.isEmpty ? .none : .wrongMethod(allowed)
    }

    /// Bytes: to Swift, equal characters may be spelled in several ways.
    private typealias Segment = Substring.UTF8View

    private static func segments(_ path: Substring) -> [Segment] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }

    private static func parameters(
        _ pattern: [Segment], _ path: [Segment]
    ) -> [String: String]? {
        guard pattern.count == path.count,
            zip(pattern, path).allSatisfy({ isNamed($0) || $0.elementsEqual($1) })
        else { return nil }
        var parameters: [String: String] = [:]
        for (expected, actual) in zip(pattern, path) where isNamed(expected) {
            guard let value = FormURLEncoding.unescape(actual), !value.isEmpty else { return nil }
            parameters[String(Substring(expected.dropFirst().dropLast()))] = value
        }
        return parameters
    }

    private static func isNamed(_ segment: Segment) -> Bool { segment.first == UInt8(ascii: "{") }
}
