/// An answer that refuses, in the shape of every error body: `{"error": …}`.
package struct APIError: Error, Sendable, Equatable {
    package let status: Int
    package let body: JSONValue
    /// When to come again, in seconds.
    package var retryAfter: Int?

    package init(
        _ status: Int, _ error: String, detail: String? = nil, remediation: String? = nil,
        more: [String: JSONValue] = [:], retryAfter: Int? = nil
    ) {
        self.status = status
        self.retryAfter = retryAfter
        var members = more
        members["error"] = .string(error)
        members["detail"] = detail.map { .string($0) }
        members["remediation"] = remediation.map { .string($0) }
        body = .object(members)
    }

    package var response: HTTPResponse {
        var response = HTTPResponse.json(status, body)
        response.headers["Retry-After"] = retryAfter.map { "\($0)" }
        return response
    }

    package static let unauthorized = APIError(401, "Unauthorized")
}
