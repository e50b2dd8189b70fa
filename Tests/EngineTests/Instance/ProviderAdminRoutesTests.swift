import Engine
import ProviderKit
import Testing

@Suite("Routes and verbs of a provider")
struct ProviderAdminRoutesTests {
    private static let workspaces = "/v1/admin/providers/acme/workspaces"
    private static let old = "/v1/admin/acme-workspaces"
    private static let echo = "/v1/admin/providers/acme/echo"

    @Test func `a route is answered under its own path and the one of old, with the key alone`()
        async throws
    {
        try await Desk.open { desk in
            await desk.connect()
            for path in [Self.workspaces, Self.old] {
                let answer = await desk.call("GET", path)
                #expect(answer.status == 200 && answer.json["workspaces"] == ["One"])
                #expect(answer.json["source"] == "oauth")
                #expect(await desk.send("GET", path, headers: [:]).status == 401)
                #expect(await desk.call("POST", path).status == 405)
            }
        }
    }

    @Test func `it hears what was asked, decoded`() async throws {
        try await Desk.open { desk in
            let answer = await desk.call("POST", "\(Self.echo)/a%2Fb%20c?x=1&x=2&y=%2B", ["n": 1])
            #expect(
                answer.json
                    == ["word": "a/b c", "query": ["x": "2", "y": "+"], "body": ["n": 1]])
            #expect(await desk.call("POST", "\(Self.echo)/a").json["body"] == [:])
        }
    }

    @Test func `what is not JSON or no query never reaches it`() async throws {
        try await Desk.open { desk in
            for body in ["{", "[]", "1", "\u{FF}"] {
                let answer = await desk.send("POST", "\(Self.echo)/a", body: Data(body.utf8))
                #expect(answer.status == 400)
            }
            #expect(await desk.call("POST", "\(Self.echo)/a?x=%ZZ").error == "invalid_query")
            #expect(await desk.call("POST", "\(Self.echo)/%FF").status == 404)
            #expect(await desk.call("POST", "\(Self.echo)/").status == 404)
        }
    }

    @Test func `the grant comes before the pasted key, and neither is an answer too`() async throws
    {
        let key = ["ACME_API_KEY": "hunter2-a", "ACME_HOST": "https://us.acme.example"]
        try await Desk.open { desk in
            #expect(await desk.call("GET", Self.workspaces).json["reason"] == "no_credential")
            let pasted = try desk.restarted(key)
            let byKey = await pasted.call("GET", Self.workspaces)
            #expect(byKey.json["source"] == "personal_key")
            #expect(desk.service.requests.last?.url.host() == "us.acme.example")
            await pasted.connect()
            #expect(await pasted.call("GET", Self.workspaces).json["source"] == "oauth")
            #expect(desk.service.requests.last?.url.host() == "eu.acme.example")
            _ = await pasted.call("DELETE", Desk.credential)
            let again = await pasted.call("GET", Self.workspaces)
            #expect(again.json["source"] == "personal_key")
            let hostless = try desk.restarted(["ACME_API_KEY": "hunter2-a"])
            let answer = await hostless.call("GET", Self.workspaces)
            #expect(answer.status == 200 && answer.json["reason"] == "not_configured")
        }
    }

    @Test func `a grant that does not open counts as none`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let other = try desk.restarted([
                "BETTER_AUTH_SECRET": "hunter2-another-secret", "ACME_API_KEY": "hunter2-a",
                "ACME_HOST": "https://us.acme.example",
            ])
            #expect(
                await other.call("GET", Self.workspaces).json["source"] == "personal_key")
        }
    }

    @Test func `a refused token is renewed and the call sent again`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.state.withLock {
                $0.token = "hunter2-b"
                $0.refresh = .json([
                    "access_token": "hunter2-b", "token_type": "Bearer", "expires_in": 3600,
                ])
            }
            #expect(await desk.call("GET", Self.workspaces).json["workspaces"] == ["One"])
            #expect(
                desk.service.lines == ["GET /api/workspaces", "POST /token", "GET /api/workspaces"])
        }
    }

    @Test func `a 403 renews nothing, becomes a gap by name, and heals`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.fail("GET", .json(403, [:]))
            let refused = await desk.call("GET", Self.workspaces)
            #expect(refused.status == 502 && refused.error == "acme_refused")
            #expect(refused.json["remediation"] == "run `hogsend connect acme`")
            #expect(desk.service.lines == ["GET /api/workspaces"])
            for path in [Desk.info, Desk.credential] {
                let answer = await desk.call("GET", path)
                #expect(answer.json["scopeGap"] == ["workspaces:read"])
                #expect(answer.json["missingFeatures"] == ["hooks", "workspace lists"])
            }
            desk.service.fail("GET", nil)
            _ = await desk.call("GET", Self.workspaces)
            #expect(await desk.call("GET", Desk.info).json["missingFeatures"] == [])
            desk.service.fail("GET", .json(403, [:]))
            _ = await desk.call("GET", Self.workspaces)
            await desk.connect()
            #expect(await desk.call("GET", Desk.info).json["scopeGap"] == [])
        }
    }

    @Test func `a refresh that brings fewer scopes takes features away, and a login gives back`()
        async throws
    {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.state.withLock {
                $0.refresh = RefreshRouteTests.answer([
                    "access_token": "hunter2-a", "expires_in": 7200, "scope": "workspaces:read",
                ])
            }
            let answer = await desk.call("POST", RefreshRouteTests.path)
            #expect(answer.json["missingFeatures"] == ["hooks"])
            #expect(await desk.call("GET", Desk.info).json["missingFeatures"] == ["hooks"])
            await desk.connect()
            #expect(await desk.call("GET", Desk.info).json["missingFeatures"] == [])
        }
    }

    // MARK: Verbs

    private func run(_ desk: Desk) async throws(CommandRefusal) -> CommandReport {
        let verb = Acme().commands[0]
        return try await verb.body(
            CommandCall(arguments: []) { method, path, body throws(CommandRefusal) in
                let answer = await desk.call(method, path, body)
                return CommandAnswer(status: answer.status, json: answer.json)
            })
    }

    @Test func `a verb asks the instance and reports`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let report = try await run(desk)
            #expect(report.lines == ["One"] && report.document["workspaces"] == ["One"])
            desk.service.fail("GET", .json(500, [:]))
            let refusal = await #expect(throws: CommandRefusal.self) { try await run(desk) }
            #expect(refusal?.code == "acme_refused" && refusal?.hint != nil)
        }
    }

    @Test(arguments: [
        (CommandAnswer(status: 404, json: ["error": "Not found"]), "unsupported_by_instance"),
        (CommandAnswer(status: 404, json: ["error": "x", "detail": "y"]), "x"),
        (CommandAnswer(status: 500, json: nil), "unexpected_answer"),
        (CommandAnswer(status: 502, json: ["error": 1]), "unexpected_answer"),
    ])
    func `an error answer is worded`(answer: CommandAnswer, code: String) {
        let refusal = CommandRefusal(answer)
        #expect(refusal.code == code && !refusal.description.isEmpty)
    }
}
