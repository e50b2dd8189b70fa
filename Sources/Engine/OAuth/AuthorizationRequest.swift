/// The address that the user opens (RFC 6749 §4.1.1 with RFC 7636 §4.3).
package struct AuthorizationRequest: Sendable {
    package let url: URL
    package let state: Secret
    package let pkce: PKCE
    package let redirectURI: String
    /// Kept with the state, not read from metadata again when the answer comes (RFC 9207 §2.4).
    package let issuer: String
    package let expectsIssuer: Bool

    /// `parameters` are the provider's own; none of them can replace one of the protocol's.
    package init(
        server: AuthorizationServerMetadata, clientID: String, redirectURI: String,
        scopes: [Scope], state: Secret, parameters: [String: String]
    ) throws {
        let pkce = try PKCE()
        var pairs = [
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURI),
            ("state", state.reveal()), ("code_challenge", pkce.challenge),
            ("code_challenge_method", "S256"),
        ]
        if !scopes.isEmpty { pairs.append(("scope", scopes.joined)) }
        let taken = Set(pairs.map(\.0))
        pairs += parameters.sorted { $0.key < $1.key }.filter { !taken.contains($0.key) }
            .map { ($0.key, $0.value) }
        let query = FormURLEncoding.encode(pairs)
        let separator = server.authorizationEndpoint?.query() == nil ? "?" : "&"
        guard let endpoint = server.authorizationEndpoint,
            let url = URL(string: endpoint.absoluteString + separator + query)
        else {
            throw OAuthError.discoveryFailed(
                host: server.issuer, reason: "its authorization endpoint is not an address")
        }
        self.url = url
        self.state = state
        self.pkce = pkce
        self.redirectURI = redirectURI
        issuer = server.issuer
        expectsIssuer = server.sendsIssuer
    }

    /// The code of an answer that the receiver took, after the issuer is compared (RFC 9207 §2.4).
    package func code(in response: AuthorizationResponse) throws(OAuthError) -> Secret {
        if let found = response.issuer {
            guard found.utf8.elementsEqual(issuer.utf8) else {
                throw .issuerMismatch(expected: issuer, found: found.sanitized())
            }
        }
        // django-oauth-toolkit advertises `iss` and leaves it out of errors: the denial counts, but
        // the words are not shown as the server's.
        let isTrusted = response.issuer != nil || !expectsIssuer
        switch response.result {
        case .code(let code):
            guard isTrusted else { throw .issuerMismatch(expected: issuer, found: "(none)") }
            return code
        case .denied: throw .consentDenied
        case .error(let code, let text):
            throw .authorizationFailed(code: code, text: isTrusted ? text : nil)
        case .malformed(let reason): throw .malformedCallback(reason: reason)
        }
    }
}
