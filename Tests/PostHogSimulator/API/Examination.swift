import Engine

extension Installation {
    /// Notes what a client should not do, although it may work today (section 13 of posthog.md).
    mutating func examine(_ request: ServerRequest) {
        for violation in Self.violations(of: request) {
            journal.violation("\(request.method) \(request.path): \(violation)")
        }
    }

    private static func violations(of request: ServerRequest) -> [String] {
        var found: [String] = []
        if (request.headers["User-Agent"] ?? "").lowercased().contains("posthog/") {
            found.append("the user agent looks like PostHog's own")
        }
        let path = request.path
        if path.hasPrefix("/api/") { found += apiViolations(request) }
        if path.hasPrefix("/oauth/authorize"), request.method == "GET" {
            found += authorizeViolations(request)
        }
        if path.hasPrefix("/oauth/token") || path.hasPrefix("/oauth/revoke") {
            if request.headers["Authorization"] != nil {
                found.append("a public client has no secret")
            }
            if request.query?.isEmpty == false { found.append("parameters stand in the query") }
        }
        return found
    }

    private static func authorizeViolations(_ request: ServerRequest) -> [String] {
        ["scope", "state", "code_challenge", "code_challenge_method", "required_access_level"]
            .filter { (request.parameter($0) ?? "").isEmpty }
            .map { "no \($0)" }
    }

    private static func apiViolations(_ request: ServerRequest) -> [String] {
        var found: [String] = []
        let body = JSONValue(decoding: request.body)?.object ?? [:]
        for name in ["token", "api_key", "personal_api_key"]
        where body[name] != nil || request.parameter(name) != nil {
            found.append("'\(name)' is taken for a project token")
        }
        if request.path.contains("/@current/") { found.append("@current is the browser's project") }
        let isList = request.method == "GET" && request.path.hasSuffix("/hog_functions/")
        if isList, request.parameter("type") == nil { found.append("a list without type") }
        return found + bytecodeViolations(body)
    }

    private static func bytecodeViolations(_ body: [String: JSONValue]) -> [String] {
        let inputs = (body["inputs"]?.object ?? [:]).map { ("inputs.\($0.key)", $0.value) }
        let parts = [("filters", body["filters"] ?? .null)] + inputs.sorted { $0.0 < $1.0 }
        return parts.flatMap { place, value in
            Bytecode.serverMade.filter { value[$0] != nil }.map { "\(place) holds stale \($0)" }
        }
    }
}
