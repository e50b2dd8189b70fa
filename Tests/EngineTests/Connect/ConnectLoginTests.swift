import Engine
import Testing

@Suite("Connect login", .serialized)
struct ConnectLoginTests {
    static let answers: [(String, Verdict, String)] = [
        ("error=access_denied", .consentDenied, "consent was declined"),
        ("error=server_error&error_description=a%1B%5B2Jb", .authorizationFailed, "a [2Jb"),
        ("error=invalid_scope", .authorizationFailed, "invalid_scope"),
        ("code=hunter2-c&iss=https://evil.example", .issuerMismatch, "evil.example"),
        ("error=access_denied&iss=https://evil.example", .issuerMismatch, "evil.example"),
        ("code=hunter2-c&code=hunter2-d", .authorizationFailed, "more than once"),
        ("", .authorizationFailed, "neither"),
    ]

    @Test(arguments: answers)
    func `an answer without a code ends it before any token is asked for`(
        answer: String, verdict: Verdict, words: String
    ) async throws {
        let instance = ScriptedInstance()
        var journey = Journey(instance)
        journey.callback = { "state=\($0)&\(answer)" }
        let error = await journey.refusal()
        #expect(error?.verdict == verdict)
        #expect(error?.description.contains(words) == true)
        #expect(error?.hint?.isEmpty == false)
        #expect(journey.asked.withLock { $0 }.map(\.method) == ["GET"])
        #expect(instance.bodies("PUT").isEmpty)
        #expect(journey.pages.withLock { $0.joined() }.contains("Acme is not connected"))
    }

    @Test(arguments: [
        (nil, Verdict.callbackTimeout), ("code=hunter2-c&state=wrong", .stateMismatch),
        ("code=hunter2-c", .stateMismatch), ("error=access_denied&state=wrong", .stateMismatch),
    ])
    func `a wait without the right state ends in time`(answer: String?, verdict: Verdict)
        async throws
    {
        var journey = Journey(ScriptedInstance())
        journey.options.timeout = .milliseconds(200)
        journey.callback = { _ in answer }
        #expect(await journey.refusal()?.verdict == verdict)
        let warnings = journey.events.withLock { $0 }.count {
            if case .warning = $0 { true } else { false }
        }
        #expect(warnings == (answer == nil ? 0 : 1), "the terminal says so")
    }

    static let documents: [(HTTPResponse, Verdict)] = [
        (HTTPResponse(status: 404), .oauthUnsupported),
        (HTTPResponse(status: 410), .oauthUnsupported),
        (HTTPResponse(status: 500), .discoveryFailed),
        (HTTPResponse(status: 302), .discoveryFailed), (.json([]), .discoveryFailed),
        (.json(Journey.metadata("https://evil.example")), .issuerMismatch),
        (
            .json(
                Journey.metadata(
                    "https://eu.acme.example", ["token_endpoint": "https://evil.example/token"])),
            .discoveryFailed
        ),
        (
            .json(
                Journey.metadata(
                    "https://eu.acme.example", ["code_challenge_methods_supported": ["plain"]])),
            .discoveryFailed
        ),
    ]

    @Test(arguments: documents)
    func `a service that cannot be trusted is not opened`(document: HTTPResponse, verdict: Verdict)
        async throws
    {
        var journey = Journey(ScriptedInstance())
        journey.document = { _ in document }
        #expect(await journey.refusal()?.verdict == verdict)
        let opened = journey.events.withLock { $0 }.contains {
            if case .openByHand = $0 { true } else { false }
        }
        #expect(!opened)
    }

    static let tokens: [HTTPResponse] = [
        .json(400, ["error": "invalid_grant", "error_description": "hunter2-c is used"]),
        .json(["access_token": "hunter2-a", "token_type": "bearer"]),
        .json(["access_token": "hunter2-a", "refresh_token": "hunter2-r", "token_type": "mac"]),
        .json(["refresh_token": "hunter2-r", "token_type": "bearer"]),
        HTTPResponse(status: 200, body: Data("<html>hunter2</html>".utf8)),
        HTTPResponse(status: 500),
    ]

    @Test(arguments: tokens)
    func `an exchange without both tokens stores nothing`(tokens: HTTPResponse) async throws {
        let instance = ScriptedInstance()
        var journey = Journey(instance)
        journey.tokens = tokens
        #expect(await journey.refusal()?.verdict == .exchangeFailed)
        #expect(instance.bodies("PUT").isEmpty && instance.bodies("POST").isEmpty)
    }

    @Test func `an answer without scope, end and members means what was asked for`() async throws {
        let instance = ScriptedInstance()
        var journey = Journey(instance)
        journey.tokens = .json([
            "access_token": "hunter2-a", "refresh_token": "hunter2-r", "token_type": "Bearer",
        ])
        let outcome = try await journey.run()
        let body = try #require(instance.bodies("PUT").first)
        #expect(
            String(decoding: body.encoded(), as: UTF8.self) == #"""
                {"kind":"oauth","payload":{"accessToken":"hunter2-a","clientId":"hogsend-cli",\#
                "expiresAt":null,"issuer":"https://eu.acme.example","nickname":null,\#
                "privateHost":"https://eu.acme.example","refreshToken":"hunter2-r",\#
                "revocationEndpoint":null,"scopes":["workspaces:read","hooks:write"],\#
                "tokenEndpoint":"https://eu.acme.example/token","workspace":null}}
                """#)
        #expect(outcome.json["credential"] == ["stored": true, "expiresAt": nil])
    }

    @Test func `ports that are all taken end it before the browser opens`() async throws {
        let taken = try ListeningSocket(.loopbackIPv4, port: 0)
        defer { taken.closeUnused() }
        var journey = Journey(ScriptedInstance())
        journey.provider = PinnedService(redirectPorts: [taken.port])
        let error = await journey.refusal()
        #expect(error?.verdict == .portUnavailable)
        #expect(error?.description.contains("\(taken.port)") == true)
    }

    @Test func `an interrupted wait stores nothing and frees the port`() async throws {
        let free = try ListeningSocket(.loopbackIPv4, port: 0)
        free.closeUnused()
        let instance = ScriptedInstance()
        var journey = Journey(instance)
        journey.provider = PinnedService(redirectPorts: [free.port])
        journey.callback = { _ in nil }
        let running = Task { [journey] in await journey.refusal() }
        while !journey.events.withLock({ $0 }).contains(where: {
            if case .openByHand = $0 { true } else { false }
        }) { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        let error = await running.value
        #expect(error?.verdict == .interrupted && error?.isCredentialStored == false)
        #expect(instance.bodies("PUT").isEmpty)
        let again = try ListeningSocket(.loopbackIPv4, port: free.port)
        again.closeUnused()
    }
}

/// A service with registered ports.
struct PinnedService: Provider {
    let id: ProviderID = "acme"
    let name = "Acme"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "https://c.example/id.json")
    let redirectPorts: [UInt16]
}
