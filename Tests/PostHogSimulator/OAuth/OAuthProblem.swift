import Engine

/// An error answer in the form of RFC 6749 §5.2.
struct OAuthProblem: Error {
    var status = 400
    let error: String
    var description: String?

    static func invalidRequest(_ description: String) -> OAuthProblem {
        OAuthProblem(error: "invalid_request", description: description)
    }

    static let invalidGrant = OAuthProblem(error: "invalid_grant")
    static let invalidClient = OAuthProblem(status: 401, error: "invalid_client")
    static let unsupportedGrantType = OAuthProblem(error: "unsupported_grant_type")

    var response: HTTPResponse {
        var body: [String: JSONValue] = ["error": .string(error)]
        if let description { body["error_description"] = .string(description) }
        var response = HTTPResponse.json(status, .object(body))
        if status == 401 { response.headers["WWW-Authenticate"] = "Bearer error=\"\(error)\"" }
        return response
    }
}

extension Routes {
    mutating func addOAuth() {
        on("GET", "/.well-known/oauth-authorization-server/") { $0.discovery($1) }
        let state = state
        handle("GET", "/oauth/authorize/") { request in
            let answer = state.withLock { $0.authorize(request) }
            if let strangers = answer.strangersCall { _ = try? await CurlClient().send(strangers) }
            return answer.response
        }
        on("POST", "/oauth/authorize/") { $0.decide($1) }
        on("POST", "/oauth/token/") { $0.token($1) }
        on("POST", "/oauth/revoke/") { $0.revoke($1) }
    }
}
