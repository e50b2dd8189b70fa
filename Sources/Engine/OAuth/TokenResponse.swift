/// A successful answer of the token endpoint (RFC 6749 §5.1).
package struct TokenResponse: Sendable {
    /// Ten years; a longer life is nobody's intention.
    private static let longestLife = 315_360_000.0
    /// RFC 6749 §5.1, and OpenID Connect Core §3.1.3.3: a provider never sees them.
    private static let tokens: Set = ["access_token", "refresh_token", "id_token"]

    package let accessToken: Secret
    package let refreshToken: Secret?
    /// Nil when the server gave none or none that makes sense: the life is unknown.
    package let expiresIn: Duration?
    /// Nil when the server gave none: what was requested was granted (§5.1).
    package let scopes: [Scope]?
    /// Everything; of what the RFC does not know only the provider's declared members are kept.
    package let members: [String: JSONValue]
    /// The members that are no token, which a provider may see.
    package var harmlessMembers: [String: JSONValue] {
        members.filter { !Self.tokens.contains($0.key) }
    }

    package init(_ document: JSONValue) throws(OAuthError) {
        guard let members = document.object else {
            throw .exchangeFailed(reason: "the answer is not a JSON object")
        }
        guard let token = members["access_token"]?.string, Self.isSendable(token) else {
            throw .exchangeFailed(reason: "the answer holds no access token")
        }
        guard members["token_type"]?.string?.lowercased() == "bearer" else {
            throw .exchangeFailed(reason: "the answer's token type is not Bearer")
        }
        let refresh = members["refresh_token"]?.string
        accessToken = Secret(token)
        refreshToken = refresh.flatMap { Self.isSendable($0) ? Secret($0) : nil }
        expiresIn = Self.lifetime(members["expires_in"])
        scopes = members["scope"]?.string.map(Scope.list(parsing:))
        self.members = members
    }

    /// The characters of RFC 6749 appendix A.12: nothing that would break a header.
    private static func isSendable(_ token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// Zero, negative and nonsense mean "unknown", and less than a second is zero as well.
    private static func lifetime(_ value: JSONValue?) -> Duration? {
        guard let seconds = value?.seconds, seconds >= 1 else { return nil }
        return .seconds(min(seconds, longestLife).rounded(.down))
    }
}
