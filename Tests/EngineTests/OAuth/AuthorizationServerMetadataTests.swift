import Engine
import Testing

@Suite("Authorization server metadata")
struct AuthorizationServerMetadataTests {
    static let issuer = "https://as.example"

    static func document(_ changes: [String: JSONValue?] = [:], issuer: String = issuer)
        -> JSONValue
    {
        var members: [String: JSONValue] = [
            "issuer": .string(issuer), "authorization_endpoint": "https://as.example/authorize",
            "token_endpoint": "https://as.example/token",
            "code_challenge_methods_supported": ["plain", "S256"],
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    static func read(
        _ changes: [String: JSONValue?] = [:], hosts: [String] = []
    ) throws(OAuthError) -> AuthorizationServerMetadata {
        try AuthorizationServerMetadata(document(changes), issuer: issuer, endpointHosts: hosts)
    }

    @Test func `the least document will do`() throws {
        let server = try Self.read()
        #expect(server.issuer == Self.issuer)
        #expect(server.authorizationEndpoint == (try address("https://as.example/authorize")))
        #expect(server.tokenEndpoint == (try address("https://as.example/token")))
        #expect(server.revocationEndpoint == nil)
        #expect(!server.sendsIssuer && !server.readsClientMetadata)
    }

    @Test func `what it says of itself is kept, and what nobody knows is ignored`() throws {
        let server = try Self.read([
            "revocation_endpoint": "https://as.example/revoke",
            "authorization_response_iss_parameter_supported": true,
            "client_id_metadata_document_supported": true, "x_nonsense": [1, nil, ["a": [:]]],
            "response_types_supported": ["token", "code"],
            "grant_types_supported": ["authorization_code"],
        ])
        #expect(server.revocationEndpoint == (try address("https://as.example/revoke")))
        #expect(server.sendsIssuer && server.readsClientMetadata)
    }

    @Test(arguments: [
        ("https://as.example", "https://as.example"), ("https://as.example", "https://as.example/"),
        ("https://as.example/a", "https://as.example/a"),
        ("https://as.example:8443", "https://as.example:8443/"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9"),
    ])
    func `the issuer that was asked for is taken, an empty path with or without its slash`(
        asked: String, found: String
    ) throws {
        let document = Self.document(
            [
                "authorization_endpoint": .string(asked + "/authorize"),
                "token_endpoint": .string(asked + "/token"),
            ], issuer: found)
        let server = try AuthorizationServerMetadata(document, issuer: asked, endpointHosts: [])
        #expect(server.issuer == found)
    }

    @Test(arguments: [
        ("https://as.example", "https://evil.example"),
        ("https://as.example", "https://AS.example"),
        ("https://as.example", "HTTPS://as.example"), ("https://as.example", "http://as.example"),
        ("https://as.example", "https://as.example:443"), ("https://as.example", "as.example"),
        ("https://as.example", "https://as.example/a"),
        ("https://as.example", "https://as.example//"),
        ("https://as.example", "https://as.example/?"),
        ("https://as.example", "https://as.example#"),
        ("https://as.example", "https://as.example."),
        ("https://as.example", " https://as.example"),
        ("https://as.example", "https://as.example.evil.example"),
        ("https://as.example", "https://%61s.example"),
        ("https://as.example", "https://user@as.example"),
        ("https://as.example/a", "https://as.example/a/"),
        ("https://as.example/a", "https://as.example/A"),
        ("https://as.example/a", "https://as.example/%61"),
        ("https://as.example/a", "https://as.example"),
        ("https://as.example/a%2Fb", "https://as.example/a/b"),
        ("https://as.example/a%2Fb", "https://as.example/a%2fb"),
        ("https://as.example/e\u{301}", "https://as.example/\u{E9}"),
    ])
    func `any other spelling of the issuer is refused`(asked: String, found: String) {
        let error = #expect(throws: OAuthError.self) {
            try AuthorizationServerMetadata(
                Self.document(issuer: found), issuer: asked, endpointHosts: ["as.example"])
        }
        #expect(error?.code == "issuer_mismatch")
    }

    @Test(arguments: [
        "https://evil.example/token", "https://as.example.evil.example/token",
        "https://sub.as.example/token", "https://as.example:8443/token",
        "http://as.example/token", "http://127.0.0.1/token", "https://ok.example@evil.example/t",
        "https://user:pw@as.example/token", "https://@as.example/token",
        "https://as.example/token#x", "https://as.example/token#", "ftp://as.example/token",
        "/token", "token", "https:///token", "https://", "javascript:alert(1)", "",
        "http://ok.example/token", "https://sub.ok.example/token",
    ])
    func `an endpoint elsewhere, in the open or with more than an address is refused`(
        endpoint: String
    ) {
        for name in ["authorization_endpoint", "token_endpoint", "revocation_endpoint"] {
            let error = #expect(throws: OAuthError.self, "\(name)") {
                try Self.read([name: .string(endpoint)], hosts: ["ok.example"])
            }
            #expect(error?.code == "discovery_failed")
            #expect(error?.description.contains("'\(name)'") == true)
        }
    }

    @Test(arguments: [
        "https://ok.example/token", "https://OK.example/token", "https://as.example:443/token",
        "https://AS.example/token?tenant=1",
    ])
    func `an endpoint on the issuer's origin or on a declared host is taken`(endpoint: String)
        throws
    {
        let server = try Self.read(["token_endpoint": .string(endpoint)], hosts: ["ok.example"])
        #expect(server.tokenEndpoint == (try address(endpoint)))
    }

    static let wrongTypes: [(String, JSONValue?)] = [
        ("issuer", nil), ("issuer", 1), ("issuer", ""), ("issuer", ["https://as.example"]),
        ("token_endpoint", nil), ("token_endpoint", ["https://as.example/token"]),
        ("authorization_endpoint", nil), ("authorization_endpoint", true),
        ("revocation_endpoint", 7), ("code_challenge_methods_supported", nil),
        ("code_challenge_methods_supported", "S256"), ("code_challenge_methods_supported", []),
        ("code_challenge_methods_supported", ["plain"]),
        ("code_challenge_methods_supported", ["s256"]),
        ("code_challenge_methods_supported", ["S256", 1]),
        ("code_challenge_methods_supported", ["S256": true]), ("response_types_supported", []),
        ("response_types_supported", ["token"]), ("response_types_supported", "code"),
        ("grant_types_supported", []), ("grant_types_supported", ["implicit"]),
        ("grant_types_supported", ["authorization_code", nil]),
        ("authorization_response_iss_parameter_supported", "true"),
        ("client_id_metadata_document_supported", 1),
    ]

    @Test(arguments: wrongTypes)
    func `a member that is missing, empty or of another type is named`(
        name: String, value: JSONValue?
    ) {
        let error = #expect(throws: OAuthError.self) {
            try Self.read([name: value])
        }
        #expect(error?.code == "discovery_failed")
        #expect(error?.description.contains(name) == true)
    }

    @Test(arguments: [JSONValue.null, [], "text", 1, [["issuer": "https://as.example"]]])
    func `a document that is no object is refused`(document: JSONValue) {
        #expect(throws: OAuthError.self) {
            try AuthorizationServerMetadata(document, issuer: Self.issuer, endpointHosts: [])
        }
    }

    @Test func `a stranger's words reach the terminal without escape sequences`() {
        let error = #expect(throws: OAuthError.self) {
            try Self.read(["issuer": "https://evil.example/\u{1B}[2J\u{7}\u{202E}x"])
        }
        #expect(error?.description.contains("\u{1B}") == false)
        #expect(error?.description.contains("\u{202E}") == false)
    }
}
