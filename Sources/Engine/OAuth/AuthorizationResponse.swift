/// The query that the browser brought to the redirect URI (RFC 6749 §4.1.2), its state compared.
package struct AuthorizationResponse: Sendable {
    package enum Result: Sendable {
        case code(Secret)
        case denied
        case error(code: String, text: String?)
        case malformed(String)
    }

    package let result: Result
    package let issuer: String?

    /// An empty value counts as absent; a parameter given twice spoils the answer (§3.1).
    package init(_ query: [FormURLEncoding.Pair]) {
        let given = query.filter { !$0.value.isEmpty }
        let values = Dictionary(given.map { ($0.name, $0.value) }) { first, _ in first }
        issuer = values["iss"]
        let known = ["code", "state", "iss", "error", "error_description", "error_uri"]
        if let doubled = known.first(where: { name in given.count { $0.name == name } > 1 }) {
            result = .malformed("'\(doubled)' was given more than once")
        } else {
            result = Self.result(values)
        }
    }

    private static func result(_ values: [String: String]) -> Result {
        switch (values["code"], values["error"]) {
        case (nil, "access_denied"?): .denied
        case (nil, let error?):
            .error(
                code: error.sanitized(limit: 60), text: values["error_description"]?.sanitized())
        case (let code?, nil): .code(Secret(code))
        case (nil, nil): .malformed("it holds neither a code nor an error")
        case (_?, _?): .malformed("it holds both a code and an error")
        }
    }
}
