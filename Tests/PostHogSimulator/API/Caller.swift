import Engine

/// Who calls the API, by the token in the `Authorization` header.
struct Caller {
    let scopes: [String]
    let teams: [Int64]
    let organizations: [String]

    func require(_ scope: String) throws(APIProblem) {
        if scopes.isEmpty {
            throw .forbidden("OAuth token has no scopes and cannot access this resource")
        }
        guard ScopeCatalogue.allows(scopes, scope) else {
            throw .forbidden("API key missing required scope '\(scope)'")
        }
    }
}

extension Installation {
    func caller(of request: ServerRequest) throws(APIProblem) -> Caller {
        // Any other scheme or kind of token is somebody anonymous.
        let header = request.headers["Authorization"] ?? ""
        let token = header.hasPrefix("Bearer ") ? String(header.dropFirst(7)) : ""
        if token.hasPrefix("pha_") { return try caller(accessToken: token) }
        if token.hasPrefix("phx_") { return try caller(personalKey: token) }
        throw .unauthorized(
            "Authentication credentials were not provided.", code: "not_authenticated",
            origin: origin)
    }

    private func caller(accessToken: String) throws(APIProblem) -> Caller {
        guard let token = grants.accessTokens[accessToken] else {
            throw .unauthorized("Invalid access token.", origin: origin)
        }
        guard token.expires > now else {
            throw .unauthorized("Access token has expired.", origin: origin)
        }
        return Caller(
            scopes: token.grant.scopes, teams: token.grant.teams,
            organizations: token.grant.organizations)
    }

    private func caller(personalKey: String) throws(APIProblem) -> Caller {
        guard let key = switches.personalKeys.first(where: { $0.key == personalKey }) else {
            throw .unauthorized(
                "Personal API key found in request Authorization header is invalid.",
                origin: origin)
        }
        return Caller(scopes: key.scopes, teams: key.scopedTeams, organizations: [])
    }
}
