import Engine
import ProviderKit
import Testing

@Suite("Login")
struct LoginTests {
    static let providers: [any Provider] = {
        var greedy = Variant("greedy")
        greedy.authorizationParameters = [
            "code_challenge": "", "code_challenge_method": "plain", "response_type": "token",
            "redirect_uri": "https://evil.example", "scope": "everything", "prompt": "consent",
        ]
        var modest = Variant("modest")
        modest.scopes = []
        return [Acme(), greedy, modest]
    }()

    static let edits: [@Sendable (inout ConnectOptions) -> Void] = [
        { _ in }, { $0.skipsProvisioning = false }, { $0.project = "7" },
        { $0.timeout = .seconds(5) },
    ]

    @Test(arguments: providers.indices, edits.indices)
    func `every provider under every flag asks with PKCE, for a code, on loopback`(
        provider: Int, edit: Int
    ) async throws {
        let provider = Self.providers[provider]
        try await LoginStage.set { stage in
            _ = try await stage.connect(provider, Self.edits[edit])
            let asked = try #require(stage.server.requests(to: "/authorize").first)
            #expect(asked.values(for: "code_challenge").map(\.utf8.count) == [43])
            #expect(asked.values(for: "code_challenge_method") == ["S256"])
            #expect(asked.values(for: "response_type") == ["code"])
            let redirect = try #require(asked["redirect_uri"])
            #expect(redirect.hasPrefix("http://127.0.0.1:"))
            #expect(redirect.hasSuffix("/callback/\(provider.id)"))
            let scope = provider.scopes.isEmpty ? [] : [provider.scopes.joined]
            #expect(asked.values(for: "scope") == scope, "nothing that is not declared")
            let exchanged = try #require(stage.server.requests(to: "/token").first)
            #expect(exchanged["redirect_uri"] == redirect)
        }
    }

    @Test func `another port is another redirect URI, and the exchange says the same one`()
        async throws
    {
        try await LoginStage.set { stage in
            let taken = try ListeningSocket(.loopbackIPv4, port: 0)
            defer { taken.closeUnused() }
            var provider = Variant()
            provider.redirectPorts = [taken.port, 0]
            _ = try await stage.connect(provider)
            let asked = try #require(stage.server.requests(to: "/authorize").first)
            let redirect = try #require(asked["redirect_uri"].flatMap { URL(string: $0) })
            #expect(redirect.host() == "127.0.0.1" && redirect.path() == "/callback/variant")
            #expect(redirect.port != nil && redirect.port != Int(taken.port))
            let exchanged = stage.server.requests(to: "/token").map { $0["redirect_uri"] }
            #expect(exchanged == [redirect.absoluteString])
        }
    }

    @Test func `localhost in the host's address does not reach the redirect URI`() async throws {
        try await LoginStage.set { stage in
            let port = try #require(stage.server.origin.port)
            stage.server.script.issuer = "http://localhost:\(port)"
            _ = try await stage.connect(host: "http://localhost:\(port)")
            let asked = try #require(stage.server.requests(to: "/authorize").first)
            #expect(asked["redirect_uri"]?.contains("localhost") == false)
        }
    }

    @Test func `no secret of a client is sent or stored`() async throws {
        try await LoginStage.set { stage in
            _ = try await stage.connect()
            let exchanged = try #require(stage.server.requests(to: "/token").first)
            #expect(
                exchanged.names == [
                    "grant_type", "code", "redirect_uri", "client_id", "code_verifier",
                ])
            #expect(exchanged.headers["Authorization"] == nil)
            let stored = try #require(stage.stored?.object)
            #expect(stored.keys.allSatisfy { !$0.lowercased().contains("secret") })
            #expect(stored["clientId"] == "hogsend-cli")
        }
    }

    @Test func `each login has its own state, challenge and verifier`() async throws {
        try await LoginStage.set { stage in
            for _ in 0..<2 { _ = try await stage.connect() }
            for (path, name) in [
                ("/authorize", "state"), ("/authorize", "code_challenge"),
                ("/token", "code_verifier"), ("/token", "code"),
            ] {
                let values = stage.server.requests(to: path).map { $0[name] }
                #expect(values.count == 2 && values[0] != values[1], "\(name)")
            }
        }
    }

    @Test func `no token, code or verifier stands in an address that goes to a server`()
        async throws
    {
        try await LoginStage.set { stage in
            _ = try await stage.connect()
            let stored = try #require(stage.stored)
            let exchanged = try #require(stage.server.requests(to: "/token").first)
            let secrets = [
                stored["accessToken"]?.string, stored["refreshToken"]?.string, exchanged["code"],
                exchanged["code_verifier"],
            ].compactMap(\.self)
            #expect(secrets.count == 4)
            let targets =
                stage.server.requests.map { $0.path + "?" + $0.query } + stage.instance.lines
            for secret in secrets {
                #expect(targets.allSatisfy { !$0.contains(secret) })
                #expect(!"\(stage.reported)".contains(secret))
            }
        }
    }

    @Test(arguments: [
        ("a:read b", ["a:read", "b"]), ("b a:read b", ["b", "a:read"]), ("a:read", ["a:read"]),
        (nil, ["a:read", "b"]),
    ])
    func `what was granted is stored: narrowed, reordered, doubled, or as asked`(
        scope: String?, stored: [String]
    ) async throws {
        var provider = Variant()
        provider.scopes = ["a:read", "b"]
        try await LoginStage.set { stage in
            stage.server.script.token = [.changing(["scope": scope.map { .string($0) }])]
            let outcome = try await stage.connect(provider)
            #expect(stage.stored?["scopes"] == .array(stored.map { .string($0) }))
            #expect(outcome.scopeGap == (stored.contains("b") ? [] : ["b"]))
        }
    }

    @Test(
        arguments: [
            (3600, true), ("3600", true), (.number(3600.5), true), (1_000_000_000, true),
            (nil, false), (.null, false), (0, false), (-5, false), ("NaN", false), ("soon", false),
        ] as [(JSONValue?, Bool)])
    func `a life that makes sense is stored as a date, any other as unknown`(
        life: JSONValue?, isKnown: Bool
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.token = [
                .changing(["expires_in": life, "nobody_knows_me": ["x": [1, nil]]])
            ]
            _ = try await stage.connect()
            let text = stage.stored?["expiresAt"]?.string
            #expect((text != nil) == isKnown)
            #expect((text.flatMap { Date(iso8601: $0) } != nil) == isKnown)
            #expect(stage.stored?["nobody_knows_me"] == nil)
        }
    }
}
