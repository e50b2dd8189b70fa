import Engine
import Testing

@Suite("Provisioning after a login", .serialized)
struct ProvisioningTests {
    static let candidates: JSONValue = [
        "error": "project-discovery-failed", "detail": "several are possible",
        "remediation": "choose one with --project ID",
        "candidates": [["id": "w1", "name": "One\u{1B}[2J"], ["id": 2, "name": "Two"], ["x": 1]],
    ]

    static func refused(_ status: Int, _ error: String) -> ScriptedInstance.Answer {
        .success(.json(status, ["error": .string(error), "detail": "d", "remediation": "r"]))
    }

    static func provisionOnly(_ instance: any HTTPClient) -> Journey {
        var journey = Journey(instance)
        journey.options.provisionOnly = true
        journey.options.host = nil
        return journey
    }

    @Test func `without provisioning nothing is posted`() async throws {
        let instance = ScriptedInstance()
        var journey = Journey(instance)
        journey.options.skipsProvisioning = true
        let outcome = try await journey.run()
        #expect(outcome.verdict == .connectedNoProvision)
        #expect(outcome.json["verdict"] == "connected_no_provision")
        #expect(outcome.json["ok"] == true)
        #expect(
            outcome.json["provision"] == ["attempted": false, "skipped": "no_provision_flag"])
        #expect(instance.bodies("POST").isEmpty)
    }

    @Test(arguments: [
        refused(409, "no_acme_credential"), refused(409, "api_public_url_unreachable"),
        refused(502, "unauthorized"), refused(502, "nonsense"), refused(401, "Unauthorized"),
        .success(HTTPResponse(status: 500)), .success(.json(["provisioned": false])),
        .success(HTTPResponse(status: 200, body: Data("<html>".utf8))),
        .failure(.answerUnknown(host: "h", reason: "timeout")),
    ])
    func `a failure after the login fails nothing`(answer: ScriptedInstance.Answer) async throws {
        let instance = ScriptedInstance(post: [answer])
        let outcome = try await Journey(instance).run()
        #expect(outcome.verdict == .connectedNoProvision)
        let provision = try #require(outcome.json["provision"]?.object)
        #expect(Set(provision.keys) == ["attempted", "ok", "error", "hint"])
        #expect(provision["attempted"] == true && provision["ok"] == false)
        #expect(provision["error"]?.string?.isEmpty == false)
        #expect(outcome.json["credential"]?["stored"] == true)
        #expect(instance.bodies("POST") == [[:]], "nothing is tried twice")
    }

    @Test func `several projects are asked about once and posted again`() async throws {
        let instance = ScriptedInstance(post: [
            .success(.json(502, Self.candidates)), .success(.json(ScriptedInstance.provisioned)),
        ])
        let shown = Locked<[ProvisionError.ProjectCandidate]>([])
        var journey = Journey(instance)
        journey.prompt = ConnectPrompt(
            host: { _, _ in nil },
            project: { list in
                shown.withLock { $0 = list }
                return "2"
            })
        #expect(try await journey.run().verdict == .connected)
        #expect(instance.bodies("POST") == [[:], ["projectId": "2"]])
        #expect(
            shown.withLock { $0 } == [
                .init(id: "w1", name: "One [2J"), .init(id: "2", name: "Two"),
            ])
    }

    @Test func `a choice that does not help is not asked for again`() async throws {
        let instance = ScriptedInstance(post: [.success(.json(502, Self.candidates))])
        var journey = Journey(instance)
        journey.prompt = ConnectPrompt(host: { _, _ in nil }, project: { _ in "w1" })
        #expect(try await journey.run().verdict == .connectedNoProvision)
        #expect(instance.bodies("POST").count == 2)
    }

    @Test func `where nobody can be asked the candidates and the flag are named`() async throws {
        let instance = ScriptedInstance(post: [.success(.json(502, Self.candidates))])
        let outcome = try await Journey(instance).run()
        let provision = outcome.json["provision"]
        #expect(provision?["error"] == "several are possible: w1 (One [2J), 2 (Two)")
        #expect(provision?["hint"]?.string?.contains("--project") == true)
        #expect(instance.bodies("POST").count == 1)
    }

    @Test func `a project that was given is posted and nobody is asked`() async throws {
        let instance = ScriptedInstance(post: [.success(.json(502, Self.candidates))])
        var journey = Journey(instance)
        journey.options.project = "w9"
        journey.prompt = ConnectPrompt(
            host: { _, _ in nil },
            project: { _ in
                Issue.record("nobody should be asked")
                return nil
            })
        #expect(try await journey.run().verdict == .connectedNoProvision)
        #expect(instance.bodies("POST") == [["projectId": "w9"]])
    }

    @Test func `a user who gives up has a stored credential`() async throws {
        let instance = ScriptedInstance(post: [.success(.json(502, Self.candidates))])
        var journey = Journey(instance)
        journey.prompt = ConnectPrompt(host: { _, _ in nil }, project: { _ in nil })
        let error = await journey.refusal()
        #expect(error?.verdict == .interrupted && error?.isCredentialStored == true)
    }

    // MARK: Provisioning alone

    @Test func `alone it asks no browser and stores nothing`() async throws {
        let instance = ScriptedInstance(info: ["scopeGap": ["hooks:write"]])
        let journey = Self.provisionOnly(instance)
        let outcome = try await journey.run()
        #expect(
            String(decoding: outcome.json.encoded(), as: UTF8.self) == #"""
                {"acme":null,"credential":{"expiresAt":null,"stored":false},\#
                "instance":"https://hogsend.example",\#
                "loop":{"attempted":false,"skipped":"no_verify_flag"},"missingFeatures":["hooks"],\#
                "notes":["the stored grant lacks hooks:write, so hooks will not work; \#
                run `hogsend connect acme` to authorize again"],"ok":true,"providerId":"acme",\#
                "provision":{"action":"created","attempted":true,"changes":[],"created":true,\#
                "duplicates":[],"ok":true,\#
                "webhookUrl":"https://hogsend.example/v1/webhooks/acme","workspaceId":"w1"},\#
                "scopeGap":["hooks:write"],"verdict":"connected"}
                """#)
        #expect(journey.notes.count == 1)
        #expect(journey.asked.withLock { $0 }.isEmpty && instance.bodies("PUT").isEmpty)
    }

    @Test(arguments: [
        (refused(409, "no_acme_credential"), Verdict.noCredential),
        (refused(409, "acme_not_configured"), .notConfigured),
        (refused(409, "api_public_url_unreachable"), .apiPublicURLUnreachable),
        (refused(409, "webhook_secret_unreadable"), .provisionFailed),
        (refused(409, "no_other_credential"), .provisionFailed),
        (refused(502, "unauthorized"), .provisionFailed),
        (refused(401, "Unauthorized"), .unauthorized),
        (.success(HTTPResponse(status: 500)), .provisionFailed),
        (.success(.json(502, candidates)), .provisionFailed),
        (.failure(.unreachable(host: "h", reason: "r")), .instanceUnreachable),
    ])
    func `alone it fails with what the instance said`(
        answer: ScriptedInstance.Answer, verdict: Verdict
    ) async throws {
        let error = await Self.provisionOnly(ScriptedInstance(post: [answer])).refusal()
        #expect(error?.verdict == verdict)
        #expect(error?.hint?.isEmpty == false && error?.isCredentialStored == nil)
    }

    @Test func `alone it works on an instance, and refuses with nothing stored`() async throws {
        try await Desk.open { desk in
            let journey = Self.provisionOnly(DeskClient(desk: desk))
            #expect(await journey.refusal()?.verdict == .noCredential)
            await desk.connect()
            let outcome = try await journey.run()
            #expect(outcome.verdict == .connected)
        }
    }
}
