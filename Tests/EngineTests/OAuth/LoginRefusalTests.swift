import Engine
import ProviderKit
import Testing

@Suite("Login that is refused")
struct LoginRefusalTests {
    /// Nothing was exchanged or stored, and the browser was sent out at most once.
    static func expectNothing(
        _ stage: LoginStage, _ place: SourceLocation = #_sourceLocation
    ) {
        #expect(stage.server.requests(to: "/token").isEmpty, sourceLocation: place)
        #expect(stage.server.requests(to: "/authorize").count <= 1, sourceLocation: place)
        #expect(stage.stored == nil, sourceLocation: place)
    }

    @Test(arguments: [
        ("access_denied", "consent_denied", "declined"),
        ("server_error", "authorization_failed", "'server_error'"),
        ("temporarily_unavailable", "authorization_failed", "'temporarily_unavailable'"),
        ("invalid_scope", "authorization_failed", "'invalid_scope'"),
        ("unauthorized_client", "authorization_failed", "'unauthorized_client'"),
        ("who_knows", "authorization_failed", "'who_knows'"),
    ])
    func `each error of the authorization endpoint is named`(
        code: String, verdict: String, words: String
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.consent = .error(code, description: "a reason")
            let refusal = await stage.refusal()
            #expect(refusal?.code == verdict)
            #expect(refusal?.description.contains(words) == true)
            #expect(refusal?.hint?.hasPrefix("run the command again") == true)
            Self.expectNothing(stage)
        }
    }

    @Test func `a server that does not know the transform gets no weaker request`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.consent = .error(
                "invalid_request", description: "transform algorithm not supported")
            let refusal = await stage.refusal()
            #expect(refusal?.code == "authorization_failed")
            #expect(
                refusal?.description.contains(
                    "in its words: \"transform algorithm not supported\"") == true)
            Self.expectNothing(stage)
            let asked = stage.server.requests(to: "/authorize")
            #expect(asked.map { $0["code_challenge_method"] } == ["S256"])
        }
    }

    @Test func `its words are marked as its own, short, and without escape sequences`()
        async throws
    {
        let words = "\u{1B}[2J\u{202E}" + String(repeating: "long ", count: 200)
        try await LoginStage.set { stage in
            stage.server.script.consent = .error("server_error", description: words)
                .setting("error_uri", to: "https://evil.example/\u{1B}[31m")
            let text = try #require(await stage.refusal()?.description)
            #expect(text.contains("in its words: \"[2J long"))
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
            #expect(!text.contains("evil.example"))
            #expect(text.count < 400)
        }
    }

    static let contradictions: [(ConsentAnswer, String)] = [
        (.approve.setting("error", to: "access_denied"), "both a code and an error"),
        (.approve.doubling("code"), "'code'"), (.approve.doubling("code", with: "x"), "'code'"),
        (.approve.doubling("iss"), "'iss'"), (.approve.removing("code"), "neither"),
        (.approve.setting("code", to: ""), "neither"), (.deny.doubling("error"), "'error'"),
        (.approve.doubling("iss", with: "https://evil.example"), "'iss'"),
    ]

    @Test(arguments: contradictions.indices)
    func `an answer that contradicts itself ends the login before the exchange`(
        index: Int
    ) async throws {
        let (answer, words) = Self.contradictions[index]
        try await LoginStage.set { stage in
            stage.server.script.consent = answer
            let refusal = await stage.refusal()
            #expect(refusal?.code == "authorization_failed")
            #expect(refusal?.description.contains(words) == true)
            Self.expectNothing(stage)
        }
    }

    static let wrongStates: [ConsentAnswer] = [
        .approve.setting("state", to: "wrong"), .approve.removing("state"),
        .approve.setting("state", to: ""), .approve.doubling("state"),
        .approve.doubling("state", with: "wrong"), .deny.removing("state"),
        .error("server_error").setting("state", to: "wrong"),
    ]

    @Test(arguments: wrongStates.indices)
    func `a wrong, missing or doubled state never settles a login, and is told`(
        index: Int
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.consent = Self.wrongStates[index]
            let refusal = await stage.refusal { $0.timeout = .milliseconds(400) }
            #expect(refusal?.code == "state_mismatch")
            #expect(
                stage.reported.contains(
                    .warning("a callback with a wrong or missing state came and was ignored")))
            #expect(stage.shown.first?.contains("goes on waiting") == true)
            Self.expectNothing(stage)
        }
    }

    @Test func `the right state still counts after a wrong one`() async throws {
        try await LoginStage.set { stage in
            var stage = stage
            let server = stage.server
            let visit = stage.visit
            stage.visit = { url in
                server.script.consent = .approve.setting("state", to: "wrong")
                await visit(url)
                server.script.consent = .approve
                await visit(url)
            }
            _ = try await stage.connect()
            #expect(stage.server.requests(to: "/token").map { $0["code"] } == ["code-2"])
            #expect(stage.shown.last?.contains("is connected") == true)
        }
    }

    @Test(
        arguments: [
            ["code_challenge_methods_supported": nil],
            ["code_challenge_methods_supported": ["plain"]],
            ["code_challenge_methods_supported": "S256"],
            ["token_endpoint": "https://evil.example/token"],
            ["response_types_supported": ["token"]], ["grant_types_supported": ["implicit"]],
        ] as [[String: JSONValue?]])
    func `metadata that will not do ends the login before the browser opens`(
        changes: [String: JSONValue?]
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.metadata = [.changing(changes)]
            #expect(await stage.refusal()?.code == "discovery_failed")
            #expect(stage.server.requests(to: "/authorize").isEmpty)
            #expect(stage.shown.isEmpty)
            Self.expectNothing(stage)
        }
    }

    @Test func `a server that does not read client documents is noted, not refused`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.metadata = [
                .changing(["client_id_metadata_document_supported": nil])
            ]
            var provider = Variant()
            provider.authentication = .authorizationCode(clientID: "https://c.example/id.json")
            _ = try await stage.connect(provider)
            let note = stage.reported.firstIndex {
                if case .note(let text) = $0 {
                    text.contains("client metadata documents")
                } else {
                    false
                }
            }
            let opened = stage.reported.firstIndex {
                if case .openByHand = $0 { true } else { false }
            }
            #expect(try #require(note) < (try #require(opened)))
        }
    }
}
