/// From a token answer to the stored grant, whichever way the answer came.
struct GrantKeeping: Sendable {
    let flow: ConnectFlow
    let host: URL
    let server: AuthorizationServerMetadata
    let clientID: String

    private var provider: any Provider { flow.provider }

    func keep(_ tokens: TokenResponse) async throws -> Granted {
        let grant = try grant(tokens)
        try await CredentialStorage(flow: flow).store(StorableCredential(grant))
        return Granted(
            outcome: ConnectOutcome.Granted(
                host: grant.host, issuer: server.issuer, scopes: grant.scopes,
                fields: grant.fields, expiresAt: grant.expiresAt?.iso8601),
            summary: GrantSummary(grant))
    }

    private func grant(_ tokens: TokenResponse) throws(OAuthError) -> Grant {
        guard tokens.refreshToken != nil || !provider.requiresRefreshToken else {
            throw .exchangeFailed(reason: "the answer holds no refresh token")
        }
        var fields: [String: JSONValue] = [:]
        for field in provider.grantFields {
            fields[field.name] = tokens.harmlessMembers[field.member] ?? field.fallback
        }
        return Grant(
            accessToken: tokens.accessToken, refreshToken: tokens.refreshToken,
            expiresAt: tokens.expiresIn.map {
                Date().addingTimeInterval(Double($0.milliseconds) / 1000)
            },
            tokenEndpoint: server.tokenEndpoint, clientID: clientID,
            scopes: tokens.scopes ?? provider.scopes,
            host: provider.grantHost(authorizedAt: host, members: tokens.harmlessMembers),
            issuer: server.issuer, revocationEndpoint: server.revocationEndpoint, fields: fields)
    }
}
