import Engine
import Testing

@Suite("Connect flow", .serialized)
struct ConnectFlowTests {
    @Test func `one login stores a grant and sets the hook up`() async throws {
        try await Desk.open { desk in
            let journey = Journey(DeskClient(desk: desk))
            let outcome = try await journey.run()
            var json = try #require(outcome.json.object)
            let expiresAt = try #require(json["credential"]?["expiresAt"]?.string)
            let left = try #require(Date(iso8601: expiresAt)).timeIntervalSinceNow
            #expect((3500...3600).contains(left))
            json["credential"] = ["stored": json["credential"]?["stored"] ?? .null]
            #expect(
                String(decoding: JSONValue.object(json).encoded(), as: UTF8.self) == #"""
                    {"acme":{"issuer":"https://eu.acme.example","nickname":null,\#
                    "privateHost":"https://eu.acme.example","scopes":"workspaces:read hooks:write",\#
                    "workspace":"w1"},"credential":{"stored":true},\#
                    "instance":"https://hogsend.example",\#
                    "loop":{"attempted":false,"skipped":"no_verify_flag"},\#
                    "missingFeatures":[],"notes":[],"ok":true,\#
                    "providerId":"acme","provision":{"action":"created","attempted":true,\#
                    "changes":[{"field":"hook","from":null,\#
                    "to":"https://hogsend.example/v1/webhooks/acme"}],\#
                    "created":true,"duplicates":[],"ok":true,\#
                    "webhookUrl":"https://hogsend.example/v1/webhooks/acme","workspaceId":"w1"},\#
                    "scopeGap":[],"verdict":"connected"}
                    """#)
            #expect(
                journey.steps == [
                    "+ GET https://hogsend.example/v1/admin/providers/acme/connect-info",
                    "+ OAuth discovery at https://eu.acme.example",
                    "+ Waiting for Acme authorization (Ctrl-C aborts)",
                    "+ Exchanging code at https://eu.acme.example/token",
                    "+ PUT https://hogsend.example/v1/admin/provider-credentials/acme",
                    "+ POST https://hogsend.example/v1/admin/providers/acme/provision",
                ])
            let page = journey.pages.withLock { $0.joined() }
            #expect(page.contains("Acme is connected"))
            let stored = await desk.call("GET", Desk.credential)
            #expect(stored.json["expiresAt"]?.string == expiresAt)
            #expect(desk.service.secrets.count == 1)
        }
    }

    @Test func `the code goes to the token endpoint with the redirect URI of the request`()
        async throws
    {
        let journey = Journey(ScriptedInstance())
        _ = try await journey.run()
        let requests = journey.asked.withLock { $0 }
        #expect(requests.count == 2)
        let form = FormURLEncoding.decode(String(decoding: requests[1].body, as: UTF8.self)) ?? []
        let values = Dictionary(form.map { ($0.name, $0.value) }) { $1 }
        let opened = journey.events.withLock { $0 }.compactMap { event -> String? in
            if case .authorizing(let summary) = event { summary.callback } else { nil }
        }
        #expect(values["redirect_uri"] == opened.first)
        #expect(values["redirect_uri"]?.hasSuffix("/callback/acme") == true)
        #expect(values["client_id"] == "hogsend-cli" && values["code"] == "hunter2-c")
        #expect(requests[1].headers["Authorization"] == nil)
    }

    static let hosts: [(flag: String?, env: String?, user: String?, grant: String?, String)] = [
        (
            "https://flag.example", "https://env.example", "https://user.example",
            "https://grant.example", "https://flag.example"
        ),
        (
            nil, "https://env.example/", "https://user.example", "https://grant.example",
            "https://env.example"
        ),
        (nil, nil, "https://user.example", "https://grant.example", "https://user.example"),
        (nil, nil, nil, "https://grant.example", "https://grant.example"),
        (nil, "nonsense", nil, "https://grant.example", "https://grant.example"),
    ]

    @Test(arguments: hosts)
    func `the flag, the instance, the user, the stored grant say where, in this order`(
        flag: String?, env: String?, user: String?, grant: String?, expected: String
    ) async throws {
        let offered = Locked<[URL?]>([])
        var journey = Journey(
            ScriptedInstance(info: [
                "privateHost": env.map { .string($0) } ?? .null,
                "grantHost": grant.map { .string($0) } ?? .null,
            ]))
        journey.options.host = flag.flatMap { URL(string: $0) }
        if let user {
            journey.prompt = ConnectPrompt(
                host: { _, stored in
                    offered.withLock { $0.append(stored) }
                    return URL(string: user)
                }, project: { _ in nil })
        }
        let outcome = try await journey.run()
        #expect(outcome.json["acme"]?["privateHost"]?.string == expected)
        let questions = offered.withLock { $0 }
        #expect(questions == (expected == user ? [grant.flatMap { URL(string: $0) }] : []))
    }

    @Test func `where nothing says it and nobody can be asked it refuses`() async throws {
        var journey = Journey(ScriptedInstance())
        journey.options.host = nil
        let error = await journey.refusal()
        #expect(error?.verdict == .notConfigured)
        #expect(error?.hint?.contains("--acme-host https://eu.acme.example") == true)
        journey.prompt = ConnectPrompt(host: { _, _ in nil }, project: { _ in nil })
        #expect(await journey.refusal()?.verdict == .interrupted, "the user gave up")
        #expect(journey.asked.withLock { $0 }.isEmpty)
    }

    static let instances: [(ScriptedInstance.Answer, Verdict)] = [
        (.success(HTTPResponse(status: 401)), .unauthorized),
        (.success(HTTPResponse(status: 404)), .instanceUnreachable),
        (.success(HTTPResponse(status: 200, body: Data("<html>".utf8))), .instanceUnreachable),
        (.success(HTTPResponse(status: 302)), .instanceUnreachable),
        (.success(.json([])), .instanceUnreachable),
        (.failure(.unreachable(host: "h", reason: "r")), .instanceUnreachable),
        (.failure(.insecureConnection(host: "h", reason: "expired")), .instanceUnreachable),
        (.failure(.cancelled), .interrupted),
    ]

    @Test(arguments: instances)
    func `an instance that does not answer as one ends it at once`(
        answer: ScriptedInstance.Answer, verdict: Verdict
    ) async throws {
        let journey = Journey(ScriptedInstance(get: [answer]))
        #expect(await journey.refusal()?.verdict == verdict)
        #expect(journey.asked.withLock { $0 }.isEmpty)
    }

    @Test func `an instance that speaks of another provider is not given this one's grant`()
        async throws
    {
        let instance = ScriptedInstance(info: ["providerId": "other"])
        let journey = Journey(instance)
        let error = await journey.refusal()
        #expect(error?.verdict == .notConfigured && error?.description.contains("'other'") == true)
        #expect(instance.bodies("PUT").isEmpty && journey.asked.withLock { $0 }.isEmpty)
    }

    @Test func `what the user should know is said before the browser opens`() async throws {
        let journey = Journey(
            ScriptedInstance(info: [
                "apiPublicUrl": "http://localhost:3002", "privateHost": "https://us.acme.example",
            ]))
        let outcome = try await journey.run()
        let events = journey.events.withLock { $0 }
        let opening = try #require(
            events.firstIndex { if case .openByHand = $0 { true } else { false } })
        let before = events[..<opening].compactMap { event -> String? in
            switch event {
            case .note(let text), .warning(let text): text
            default: nil
            }
        }
        try #require(before.count == 2)
        #expect(before[0].contains("API_PUBLIC_URL"))
        #expect(before[1].contains("https://us.acme.example"))
        #expect(
            outcome.json["provision"] == [
                "attempted": false, "skipped": "api_public_url_unreachable",
            ])
    }

    @Test func `a grant that lacks a scope is stored and said`() async throws {
        var journey = Journey(ScriptedInstance())
        journey.tokens = .json(
            .object(
                (Journey.grantAnswer.object ?? [:]).merging(["scope": "hooks:write"]) { $1 }))
        let outcome = try await journey.run()
        #expect(outcome.verdict == .connected)
        #expect(outcome.json["scopeGap"] == ["workspaces:read"])
        #expect(outcome.json["missingFeatures"] == ["hooks", "workspace lists"])
        let note = """
            the grant lacks workspaces:read, so hooks and workspace lists will not work; connect \
            again and leave every permission ticked to change this
            """
        #expect(journey.notes == [note])
        #expect(outcome.notes == journey.notes)
    }
}
