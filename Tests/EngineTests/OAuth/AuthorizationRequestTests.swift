import Engine
import Testing

@Suite("Authorization request")
struct AuthorizationRequestTests {
    static func request(
        endpoint: String = "https://as.example/authorize", sendsIssuer: Bool = false,
        issuer: String = "https://as.example", scopes: [Scope] = ["a:read", "b"],
        parameters: [String: String] = [:]
    ) throws -> AuthorizationRequest {
        let document = AuthorizationServerMetadataTests.document(
            [
                "authorization_endpoint": .string(endpoint),
                "authorization_response_iss_parameter_supported": .bool(sendsIssuer),
            ], issuer: issuer)
        return try AuthorizationRequest(
            server: try AuthorizationServerMetadata(
                document, issuer: issuer, endpointHosts: ["as.example"]),
            clientID: "https://c.example/id.json?a=b&c",
            redirectURI: "http://127.0.0.1:8423/callback",
            scopes: scopes, state: Secret("state+/ &"), parameters: parameters)
    }

    static func pairs(_ request: AuthorizationRequest) -> [String: [String]] {
        let query = request.url.absoluteString.split(separator: "?", maxSplits: 1).last ?? ""
        let pairs = FormURLEncoding.decode(query) ?? []
        return Dictionary(grouping: pairs, by: \.name).mapValues { $0.map(\.value) }
    }

    @Test func `it says all that RFC 6749 and RFC 7636 ask for, each once`() throws {
        let request = try Self.request()
        #expect(
            Self.pairs(request) == [
                "response_type": ["code"], "client_id": ["https://c.example/id.json?a=b&c"],
                "redirect_uri": ["http://127.0.0.1:8423/callback"], "state": ["state+/ &"],
                "code_challenge": [request.pkce.challenge], "code_challenge_method": ["S256"],
                "scope": ["a:read b"],
            ])
        #expect(request.redirectURI == "http://127.0.0.1:8423/callback")
        #expect(!request.url.absoluteString.contains(request.pkce.verifier.reveal()))
        #expect(!request.url.absoluteString.contains("+"), "a plus would be read as a space")
    }

    @Test func `a provider's parameters are added and replace none of the protocol's`() throws {
        let request = try Self.request(parameters: [
            "response_type": "token", "client_id": "evil", "redirect_uri": "https://evil.example",
            "state": "evil", "code_challenge": "evil", "code_challenge_method": "plain",
            "scope": "everything", "access level": "pro&ject=1",
        ])
        let pairs = Self.pairs(request)
        #expect(pairs["access level"] == ["pro&ject=1"])
        #expect(pairs.values.allSatisfy { $0.count == 1 })
        #expect(pairs.values.joined().allSatisfy { !$0.contains("evil") && $0 != "plain" })
        #expect(pairs["scope"] == ["a:read b"])
    }

    @Test func `without scopes it asks for none`() throws {
        #expect(Self.pairs(try Self.request(scopes: []))["scope"] == nil)
    }

    @Test(arguments: [
        ("https://as.example/authorize?tenant=a%20b", "https://as.example/authorize?tenant=a%20b&"),
        ("https://as.example/authorize", "https://as.example/authorize?response_type=code&"),
        ("https://as.example/authorize?", "https://as.example/authorize?"),
    ])
    func `the endpoint's own query stays`(endpoint: String, prefix: String) throws {
        let request = try Self.request(endpoint: endpoint)
        #expect(request.url.absoluteString.hasPrefix(prefix))
        #expect(Self.pairs(request)["response_type"] == ["code"])
    }

    // MARK: The issuer of the answer

    static let wrongIssuers = [
        "https://evil.example", "https://as.example/", "https://AS.example",
        "https://as.example:443", "HTTPS://as.example", "https://as.example%2F",
        "https%3A%2F%2Fas.example", "https://%61s.example", "as.example", " https://as.example",
        "https://as.example ", "https://as.example\u{0}", "https://as.example/%2e",
    ]

    static func response(_ pairs: [(String, String)]) throws -> AuthorizationResponse {
        let query = FormURLEncoding.encode(pairs)
        return AuthorizationResponse(try #require(FormURLEncoding.decode(query)))
    }

    @Test(arguments: wrongIssuers, [true, false])
    func `an answer of another issuer is refused, code or error`(found: String, advertised: Bool)
        throws
    {
        let request = try Self.request(sendsIssuer: advertised)
        for pair in [("code", "c"), ("error", "access_denied"), ("error", "server_error")] {
            let response = try Self.response([pair, ("iss", found)])
            let error = #expect(throws: OAuthError.self) { try request.code(in: response) }
            #expect(error?.code == "issuer_mismatch")
        }
    }

    @Test func `its own spelling counts, also where that has a slash`() throws {
        for issuer in ["https://as.example", "https://as.example/"] {
            let document = AuthorizationServerMetadataTests.document(issuer: issuer)
            let request = try AuthorizationRequest(
                server: try AuthorizationServerMetadata(
                    document, issuer: "https://as.example", endpointHosts: []),
                clientID: "c", redirectURI: "r", scopes: [], state: Secret("s"), parameters: [:])
            let code = try request.code(in: try Self.response([("code", "c"), ("iss", issuer)]))
            #expect(code.reveal() == "c")
        }
    }

    @Test func `an advertised issuer must come with a code`() throws {
        let plain = try Self.response([("code", "c")])
        #expect(try Self.request().code(in: plain).reveal() == "c")
        let error = #expect(throws: OAuthError.self) {
            try Self.request(sendsIssuer: true).code(in: plain)
        }
        #expect(error == .issuerMismatch(expected: "https://as.example", found: "(none)"))
    }

    @Test func `an error without the advertised issuer counts, but its words are not shown`()
        throws
    {
        let request = try Self.request(sendsIssuer: true)
        let denied = try Self.response([("error", "access_denied")])
        #expect(throws: OAuthError.consentDenied) { try request.code(in: denied) }
        let failed = try Self.response([("error", "server_error"), ("error_description", "words")])
        #expect(throws: OAuthError.authorizationFailed(code: "server_error", text: nil)) {
            try request.code(in: failed)
        }
        #expect(throws: OAuthError.authorizationFailed(code: "server_error", text: "words")) {
            try Self.request().code(in: failed)
        }
    }

    @Test(arguments: [
        [("code", "c"), ("iss", "https://as.example"), ("iss", "https://as.example")],
        [("code", "c"), ("iss", "https://as.example"), ("iss", "https://evil.example")],
        [("code", "c"), ("code", "d")], [("code", "c"), ("error", "access_denied")], [],
    ])
    func `an answer that contradicts itself brings no code`(pairs: [(String, String)]) throws {
        let error = #expect(throws: OAuthError.self) {
            try Self.request().code(in: try Self.response(pairs))
        }
        #expect(error?.code == "authorization_failed")
    }
}
