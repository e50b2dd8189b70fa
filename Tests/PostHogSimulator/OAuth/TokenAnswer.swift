import Engine

extension Installation {
    /// Makes an access token; a refresh token too, unless there is one already.
    mutating func issue(_ grant: Grant, refreshToken: String? = nil) -> JSONValue {
        let accessToken = "pha_" + Random.token()
        let refreshToken = refreshToken ?? "phr_" + Random.token()
        let lifetime = switches.accessTokenLifetime
        grants.accessTokens[accessToken] = AccessToken(
            grant: grant, expires: now.addingTimeInterval(Double(lifetime)))
        if grants.refreshTokens[refreshToken] == nil {
            grants.refreshTokens[refreshToken] = RefreshToken(grant: grant)
        }
        var members = answerMembers(grant)
        members["access_token"] = .string(accessToken)
        members["refresh_token"] = .string(refreshToken)
        members["expires_in"] = .integer(lifetime)
        members.merge(switches.tokenOverrides) { $1 }
        for name in switches.tokenOmissions { members[name] = nil }
        return .object(members)
    }

    private func answerMembers(_ grant: Grant) -> [String: JSONValue] {
        var members = regionMembers.object ?? [:]
        members["token_type"] = "Bearer"
        members["scope"] = .string(grant.scopes.joined(separator: " "))
        members["scoped_teams"] = .array(grant.teams.map { .integer($0) })
        members["scoped_organizations"] = .array(grant.organizations.map { .string($0) })
        if grant.scopes.contains("openid") { members["id_token"] = "header.claims.signature" }
        return members
    }
}
