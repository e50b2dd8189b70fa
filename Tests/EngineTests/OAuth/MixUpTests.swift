import Engine
import ProviderKit
import Testing

/// Answers of one server or session in the login of another (RFC 9207, RFC 9700 §4.4 and §4.5).
@Suite("Mix-up")
struct MixUpTests {
    /// A hostile server that sends its own login on to an honest one.
    static func attack(
        honestSendsIssuer: Bool, hostileSendsIssuer: Bool = false,
        path: String? = nil, _ body: (LoginStage, FakeAuthorizationServer) async throws -> Void
    ) async throws {
        var script = AuthorizationScript()
        script.sendsIssuer = honestSendsIssuer
        let honest = try FakeAuthorizationServer.start(script)
        defer { honest.stop() }
        try await LoginStage.set(sendsIssuer: hostileSendsIssuer) { stage in
            var stage = stage
            let (hostile, visit) = (stage.server.origin.absoluteString, stage.visit)
            let target = honest.origin.absoluteString
            stage.visit = { url in
                var text = url.absoluteString.replacing(hostile, with: target)
                if let path {
                    text = text.replacing(
                        "%2Fcallback%2Fvariant", with: FormURLEncoding.escape(path))
                }
                guard let url = URL(string: text) else { return }
                await visit(url)
            }
            try await body(stage, honest)
        }
    }

    @Test(arguments: [true, false])
    func `a code of an honest server is not sent to a hostile one that borrowed its page`(
        hostileSendsIssuer: Bool
    ) async throws {
        try await Self.attack(honestSendsIssuer: true, hostileSendsIssuer: hostileSendsIssuer) {
            stage, honest in
            let refusal = await stage.refusal(Variant())
            #expect(refusal?.code == "issuer_mismatch")
            #expect(honest.requests(to: "/authorize").count == 1)
            #expect(stage.server.requests(to: "/token").isEmpty)
            #expect(stage.stored == nil)
        }
    }

    @Test func `without iss, the honest provider's own path keeps its code from the hostile one`()
        async throws
    {
        try await Self.attack(honestSendsIssuer: false, path: "/callback/acme") { stage, honest in
            let refusal = await stage.refusal(Variant()) { $0.timeout = .milliseconds(400) }
            #expect(refusal?.code == "callback_timeout")
            #expect(honest.requests(to: "/authorize").count == 1)
            #expect(stage.server.requests(to: "/token").isEmpty)
            #expect(
                stage.reported.contains(
                    .warning("an answer came to the address of another provider and was ignored")))
        }
    }

    @Test func `a provider's answers have a path of their own`() {
        #expect(Acme().callbackPath == "/callback/acme")
        #expect(Variant().callbackPath == "/callback/variant")
    }

    @Test func `a code of another session does not pass`() async throws {
        try await LoginStage.set { stage in
            let stolen = try await FakeAuthorizationServerTests.authorize(
                stage.server, ["client_id": "hogsend-cli"])
            stage.server.script.consent = .approve.setting("code", to: stolen["code"] ?? "")
            let refusal = await stage.refusal()
            #expect(refusal?.code == "exchange_failed")
            #expect(refusal?.description.contains("'invalid_grant'") == true)
            #expect(stage.server.requests(to: "/token").count == 1, "the code is not tried again")
            #expect(stage.stored == nil)
        }
    }

    @Test(arguments: [
        "https://evil.example", "", "/", "HTTP", "slash", "doubled",
    ])
    func `an answer with another issuer is refused before the exchange`(kind: String) async throws {
        try await LoginStage.set { stage in
            let own = stage.server.origin.absoluteString
            let approve = ConsentAnswer.approve
            stage.server.script.consent =
                switch kind {
                case "": approve.removing("iss")
                case "/": approve.setting("iss", to: own + "/")
                case "HTTP": approve.setting("iss", to: own.replacing("http", with: "HTTP"))
                case "slash": approve.setting("iss", to: own.replacing("/", with: "%2F"))
                case "doubled": approve.doubling("iss")
                default: approve.setting("iss", to: kind)
                }
            let refusal = await stage.refusal()
            #expect(
                refusal?.code == (kind == "doubled" ? "authorization_failed" : "issuer_mismatch"))
            LoginRefusalTests.expectNothing(stage)
        }
    }

    @Test(arguments: [true, false])
    func `an error that another server may have sent does not speak for this one`(
        isForeign: Bool
    ) async throws {
        try await LoginStage.set { stage in
            let failed = ConsentAnswer.error("server_error", description: "call 555")
            stage.server.script.consent =
                isForeign
                ? failed.setting("iss", to: "https://evil.example") : failed.removing("iss")
            let refusal = await stage.refusal()
            #expect(refusal?.code == (isForeign ? "issuer_mismatch" : "authorization_failed"))
            #expect(refusal?.description.contains("555") == false)
        }
    }

    @Test(arguments: [true, false])
    func `an issuer that was not advertised is compared when it comes`(isRight: Bool) async throws {
        try await LoginStage.set(sendsIssuer: false) { stage in
            let issuer = isRight ? stage.server.origin.absoluteString : "https://evil.example"
            stage.server.script.consent = .approve.setting("iss", to: issuer)
            let refusal = await stage.refusal()
            #expect(refusal?.code == (isRight ? nil : "issuer_mismatch"))
        }
    }

    @Test func `what was expected is kept with the state, and metadata is read once`() async throws
    {
        try await LoginStage.set { stage in
            stage.server.script.metadata = [.proper, .changing(["issuer": "https://evil.example"])]
            _ = try await stage.connect()
            let read = stage.server.requests.filter { $0.path.hasPrefix("/.well-known/") }
            #expect(read.count == 1)
            #expect(stage.stored?["issuer"]?.string == stage.server.origin.absoluteString)
        }
    }

    @Test func `one state brings one exchange`() async throws {
        try await LoginStage.set { stage in
            var stage = stage
            let visit = stage.visit
            stage.visit = { url in
                async let first: Void = visit(url)
                async let second: Void = visit(url)
                _ = await (first, second)
            }
            _ = try await stage.connect()
            #expect(stage.server.requests(to: "/token").count == 1)
        }
    }
}
