import Engine

/// A grant on an instance whose token is used up, and the server that renews it.
struct RefreshBench: Sendable {
    let server: FakeAuthorizationServer
    let desk: ContractDesk
    let before: Grant

    var id: ProviderID { desk.provider.id }
    /// The refreshes that reached the server.
    var refreshes: [RecordedRequest] {
        server.requests(to: "/token").filter { $0["grant_type"] == "refresh_token" }
    }

    /// Stores a grant whose token ended an hour ago, or lives on.
    static func open(
        _ subject: ContractSubject, isUsedUp: Bool = true, client: any HTTPClient = CurlClient(),
        _ body: (RefreshBench) async throws -> Void
    ) async throws {
        let server = try FakeAuthorizationServer.start()
        defer { server.stop() }
        try await ContractDesk.open(subject.provider, client: client) { desk in
            let grant = try await Self.grant(subject.declared, server)
            let answer = await desk.call(
                "PUT", APIPath.credential(subject.declared.id.rawValue),
                ["kind": "oauth", "payload": grant.json])
            try demand(answer.status == 200, "the instance does not take a grant")
            if isUsedUp { desk.pass(7200) }
            try await body(RefreshBench(server: server, desk: desk, before: grant))
        }
    }

    /// What a login at the server brings, without a browser.
    private static func grant(
        _ provider: any Provider, _ server: FakeAuthorizationServer
    ) async throws -> Grant {
        let pkce = try PKCE()
        let client = provider.authentication.clientID ?? ""
        let redirect = "http://127.0.0.1:1/"
        let query = FormURLEncoding.encode([
            ("response_type", "code"), ("client_id", client), ("redirect_uri", redirect),
            ("code_challenge", pkce.challenge), ("code_challenge_method", "S256"),
            ("scope", provider.scopes.joined),
        ])
        let url = try demand(URL(string: "\(server.origin)/authorize?\(query)"), "no address")
        let target = try await LoopbackBrowser().redirect(from: url)
        let values = FormURLEncoding.decode(target?.query(percentEncoded: true) ?? "") ?? []
        let code = values.first { $0.name == "code" }?.value ?? ""
        let endpoint = server.origin.appending(path: "token")
        let tokens = try await TokenEndpoint(url: endpoint, client: CurlClient()).exchange(
            code: Secret(code), verifier: pkce.verifier, redirectURI: redirect, clientID: client)
        return Grant(
            accessToken: tokens.accessToken, refreshToken: tokens.refreshToken,
            expiresAt: Date().addingTimeInterval(3600), tokenEndpoint: endpoint, clientID: client,
            scopes: provider.scopes, host: server.origin, issuer: server.origin.absoluteString,
            revocationEndpoint: server.origin.appending(path: "revoke"), fields: [:])
    }

    /// What whoever needs the token gets.
    func ask(_ desk: ContractDesk? = nil) async -> Result<Grant, TokenError> {
        do throws(TokenError) {
            return .success(try await (desk ?? self.desk).tokens.grant(for: id))
        } catch {
            return .failure(error)
        }
    }

    /// The token that is given out, which must be another one than before.
    func renewed() async throws -> Grant {
        switch await ask() {
        case .success(let grant):
            try demand(grant.accessToken != before.accessToken, "the old token is given out")
            return grant
        case .failure(let error): throw Broken("there is no token: \(error.description)")
        }
    }
}
