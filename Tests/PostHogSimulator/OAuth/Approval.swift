import Engine

extension Installation {
    /// Sends the client a code, for these projects if the page named some.
    mutating func approve(
        _ consent: ConsentRequest, state: String? = nil, teams: [Int64]? = nil
    ) -> HTTPResponse {
        // The database refuses to store any method but S256.
        if consent.isPlain { return .webPage(500, "<h1>Server Error (500)</h1>") }
        let code = Random.token()
        grants.codes[code] = AuthorizationCode(
            grant: grant(for: consent, teams: teams), redirectURI: consent.redirectURI,
            challenge: consent.parameters["code_challenge"] ?? "",
            expires: now.addingTimeInterval(switches.codeLifetime))
        return .found(at: consent.redirect([("code", code)] + issuerParameter, state: state))
    }

    private func grant(for consent: ConsentRequest, teams: [Int64]?) -> Grant {
        let picked = consent.asksForOneProject ? defaultProject(consent).map { [$0] } : nil
        return Grant(
            clientID: consent.clientID,
            scopes: switches.grantedScopes ?? ScopeCatalogue.clamp(consent.scopes),
            teams: teams ?? switches.scopedTeams ?? picked ?? [],
            organizations: switches.scopedOrganizations ?? [])
    }

    /// `team_id` preselects a project, if the user can see it.
    func defaultProject(_ consent: ConsentRequest) -> Int64? {
        let wished = consent.parameters["team_id"].flatMap { Int64($0) }
        let projects = switches.projects.map(\.id)
        return wished.flatMap { projects.contains($0) ? $0 : nil }
            ?? switches.scopedTeams?.first ?? projects.first
    }
}
