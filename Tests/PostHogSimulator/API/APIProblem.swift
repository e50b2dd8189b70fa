import Engine

/// An error answer of the private API: `{"type","code","detail","attr"}`.
struct APIProblem: Error {
    let status: Int
    let type: String
    let code: String
    let detail: String
    var attribute: String?
    var headers: HTTPHeaders = [:]

    var response: HTTPResponse {
        var response = HTTPResponse.json(
            status,
            [
                "type": .string(type), "code": .string(code), "detail": .string(detail),
                "attr": attribute.map { .string($0) } ?? .null,
            ])
        for field in headers.fields { response.headers.append(field.name, field.value) }
        return response
    }
}

extension APIProblem {
    /// A refused field; nested names are joined with two underscores.
    static func invalid(
        _ attribute: String, _ detail: String, code: String = "invalid_input"
    ) -> APIProblem {
        APIProblem(
            status: 400, type: "validation_error", code: code, detail: detail,
            attribute: attribute)
    }

    static let malformed = APIProblem(
        status: 400, type: "invalid_request", code: "parse_error", detail: "JSON parse error")

    static func notFound(_ detail: String = "Not found.") -> APIProblem {
        APIProblem(status: 404, type: "invalid_request", code: "not_found", detail: detail)
    }

    static func methodNotAllowed(_ method: String) -> APIProblem {
        APIProblem(
            status: 405, type: "invalid_request", code: "method_not_allowed",
            detail: "Method \"\(method)\" not allowed.")
    }

    static func unauthorized(
        _ detail: String, code: String = "authentication_failed", origin: String
    ) -> APIProblem {
        let metadata = origin + "/.well-known/oauth-protected-resource"
        return APIProblem(
            status: 401, type: "authentication_error", code: code, detail: detail,
            headers: ["WWW-Authenticate": "Bearer resource_metadata=\"\(metadata)\""])
    }

    static func forbidden(_ detail: String) -> APIProblem {
        APIProblem(
            status: 403, type: "authentication_error", code: "permission_denied", detail: detail)
    }

    static let staleUpdate = APIProblem(
        status: 409, type: "server_error", code: "stale_update",
        detail: "This function was changed by someone else since you read it.")

    static func throttled(seconds: Int) -> APIProblem {
        APIProblem(
            status: 429, type: "throttled_error", code: "throttled",
            detail: "Request was throttled. Expected available in \(seconds) seconds.",
            headers: ["Retry-After": String(seconds)])
    }
}
