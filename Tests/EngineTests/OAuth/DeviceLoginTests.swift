import AcmeProviders
import Engine
import ProviderKit
import Testing

@Suite("Connecting with a device code")
struct DeviceLoginTests {
    private static func codes(_ stage: LoginStage) -> [String] {
        stage.reported.compactMap { if case .enterCode(let code, _) = $0 { code } else { nil } }
    }

    @Test func `a code that is entered brings a grant like any other`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.awaitsUserCode = true
            stage.server.script.token = [
                .error("authorization_pending"), .changing(["workspace": "w1"]),
            ]
            let entering = Task {
                var isEntered = false
                while !isEntered, !Task.isCancelled {
                    if let code = Self.codes(stage).first {
                        let url = URL(string: "\(stage.server.origin)/device?user_code=\(code)")
                        if let url { _ = try await CurlClient().send(HTTPRequest("GET", url)) }
                        isEntered = true
                    }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            let outcome = try await stage.connect(DeviceAcme())
            try await entering.value
            #expect(outcome.verdict == .connectedNoProvision && outcome.scopeGap == [])
            let stored = try #require(stage.stored)
            #expect(stored["workspace"] == "w1" && stored["clientId"] == "hogsend-cli")
            #expect(stored["refreshToken"]?.string?.hasPrefix("refresh-") == true)
            #expect(stored["tokenEndpoint"] == .string("\(stage.server.origin)/token"))
            #expect(stored["revocationEndpoint"] == .string("\(stage.server.origin)/revoke"))
            #expect(stored["scopes"] == ["workspaces:read", "hooks:write"])
            let asked = try #require(stage.server.requests(to: "/device_authorization").first)
            #expect(asked.names == ["client_id", "scope"])
            #expect(!"\(stage.reported)".contains("device-1"), "the device code is shown nowhere")
            #expect(stage.server.requests(to: "/authorize").isEmpty)
            #expect(
                stage.instance.requests.last { $0.method == "PUT" }.flatMap {
                    JSONValue(decoding: $0.body)?["kind"]
                } == "oauth")
        }
    }

    @Test func `further parameters ride along and replace none of the protocol's`() async throws {
        try await LoginStage.set { stage in
            var provider = DeviceAcme()
            provider.authorizationParameters = ["audience": "api", "client_id": "other"]
            _ = try await stage.connect(provider)
            let asked = try #require(stage.server.requests(to: "/device_authorization").first)
            #expect(asked["audience"] == "api" && asked.values(for: "client_id") == ["hogsend-cli"])
        }
    }

    @Test func `a document without an endpoint for a browser will do`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.metadata = [
                .changing([
                    "authorization_endpoint": nil, "code_challenge_methods_supported": nil,
                    "response_types_supported": nil,
                ])
            ]
            let outcome = try await stage.connect(DeviceAcme())
            #expect(outcome.verdict == .connectedNoProvision)
        }
    }

    static let documents: [([String: JSONValue?], Verdict)] = [
        (["device_authorization_endpoint": nil], .oauthUnsupported),
        (["device_authorization_endpoint": .null], .oauthUnsupported),
        (["device_authorization_endpoint": "http://elsewhere.example/d"], .discoveryFailed),
        (["device_authorization_endpoint": "https://elsewhere.example/d"], .discoveryFailed),
        (["device_authorization_endpoint": 7], .discoveryFailed),
        (["token_endpoint": nil], .discoveryFailed),
        (["grant_types_supported": ["authorization_code"]], .discoveryFailed),
        (["issuer": "https://elsewhere.example"], .issuerMismatch),
    ]

    @Test(arguments: documents)
    func `metadata that will not do ends it before anything is asked for`(
        changes: [String: JSONValue?], verdict: Verdict
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.metadata = [.changing(changes)]
            let error = await stage.refusal(DeviceAcme())
            #expect(error?.verdict == verdict)
            if verdict == .oauthUnsupported {
                #expect(error?.hint == "ask Acme for its device grant")
            }
            #expect(stage.server.requests(to: "/device_authorization").isEmpty)
        }
    }

    static let refusals: [(EndpointAnswer, String)] = [
        (.error("invalid_client", status: 401), "'invalid_client'"), (.page(), "without JSON"),
        (.page(status: 404), "status 404"), (.redirect(to: "https://evil.example"), "status 302"),
        (.document(["user_code": "A"]), "no device code"), (.document([]), "status 200"),
        (.changing(["verification_uri": "https://evil.example/"]), "not an https address"),
    ]

    @Test(arguments: refusals)
    func `a server that gives out no usable code is told so`(
        answer: EndpointAnswer, word: String
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.device = [answer]
            let error = await stage.refusal(DeviceAcme())
            #expect(error?.verdict == .authorizationFailed)
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
            #expect(Self.codes(stage) == [] && stage.server.requests(to: "/token").isEmpty)
            #expect(stage.stored == nil)
        }
    }

    static let ends: [(EndpointAnswer, Verdict)] = [
        (.error("access_denied"), .consentDenied), (.error("expired_token"), .callbackTimeout),
        (.error("unheard_of"), .exchangeFailed), (.page(), .exchangeFailed),
        (.changing(["refresh_token": nil]), .exchangeFailed),
    ]

    @Test(arguments: ends)
    func `an end without a grant has its verdict and stores nothing`(
        answer: EndpointAnswer, verdict: Verdict
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.token = [answer]
            let error = await stage.refusal(DeviceAcme())
            #expect(error?.verdict == verdict && stage.stored == nil)
            #expect(error.map { "\($0)".contains("device-1") } == false)
        }
    }

    @Test func `nobody who enters it ends the wait in time`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.awaitsUserCode = true
            let error = await stage.refusal(DeviceAcme()) { $0.timeout = .seconds(3) }
            #expect(error?.verdict == .callbackTimeout && stage.stored == nil)
            #expect(error?.description == "the code was not entered within 3 seconds")
        }
    }

    @Test func `an interruption ends it at once`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.awaitsUserCode = true
            let login = Task { await stage.refusal(DeviceAcme()) }
            while Self.codes(stage).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            login.cancel()
            let error = await login.value
            #expect(error?.verdict == .interrupted && error?.isCredentialStored == false)
        }
    }
}
