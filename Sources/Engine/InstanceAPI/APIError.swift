/// An answer that refuses, in the shape of every error body: `{"error": …}`.
package struct APIError: Error, Sendable, Equatable {
    package let status: Int
    package let body: JSONValue

    package init(
        _ status: Int, _ error: String, detail: String? = nil, remediation: String? = nil,
        more: [String: JSONValue] = [:]
    ) {
        self.status = status
        var members = more
        members["error"] = .string(error)
        members["detail"] = detail.map { .string($0) }
        members["remediation"] = remediation.map { .string($0) }
        body = .object(members)
    }

    package var response: HTTPResponse { .json(status, body) }

    package static let unauthorized = APIError(401, "Unauthorized")
}
