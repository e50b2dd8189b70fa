import Engine

/// The client metadata documents, whose addresses are client ids.
package enum ClientDocument {
    package static let hogsend = "https://hogsend.com/.well-known/hogsend-posthog-client.json"

    /// The rules for the address of a client metadata document.
    static func isAddress(_ text: String) -> Bool {
        guard text.utf8.count <= 2048, let url = URL(address: text), url.scheme == "https"
        else { return false }
        return !url.path().isEmpty && url.path() != "/"
    }
}

/// What the user allowed a client.
struct Grant: Sendable, Equatable {
    let clientID: String
    var scopes: [String]
    var teams: [Int64]
    var organizations: [String]
}

/// An authorization code on its way to the client.
struct AuthorizationCode: Sendable {
    let grant: Grant
    let redirectURI: String
    let challenge: String
    let expires: Date
}

struct AccessToken: Sendable {
    let grant: Grant
    let expires: Date
}

struct RefreshToken: Sendable {
    let grant: Grant
    /// The token that took its place, and when.
    var successor: (token: String, since: Date)?
}

/// Every code and token that is out.
struct Grants: Sendable {
    /// The clients that came to the authorize page: only they have a row at the token endpoint.
    var clients: Set<String> = []
    var codes: [String: AuthorizationCode] = [:]
    var accessTokens: [String: AccessToken] = [:]
    var refreshTokens: [String: RefreshToken] = [:]

    /// Signs the client out everywhere: every machine and project of this user.
    mutating func sweep(_ clientID: String) {
        codes = codes.filter { $0.value.grant.clientID != clientID }
        accessTokens = accessTokens.filter { $0.value.grant.clientID != clientID }
        refreshTokens = refreshTokens.filter { $0.value.grant.clientID != clientID }
    }
}
