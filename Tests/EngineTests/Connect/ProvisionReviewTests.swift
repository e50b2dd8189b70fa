import Engine
import ProviderKit
import Testing

@Suite("A look at provisioning", .serialized)
struct ProvisionReviewTests {
    private static func flow(
        _ instance: any HTTPClient, _ change: (inout ConnectOptions) -> Void = { _ in }
    ) throws -> ConnectFlow {
        var options = ConnectOptions()
        change(&options)
        return ConnectFlow(
            provider: Acme(), options: options,
            instance: InstanceClient(
                url: try #require(URL(string: "https://hogsend.example")),
                adminKey: Secret(Desk.adminKey), client: instance),
            client: ScriptedHTTPClient(), browser: BrowserLauncher(environment: [:]), prompt: nil
        ) { event in #expect(!"\(event)".contains("hunter2")) }
    }

    @Test func `goes from pending to clean to undone on an instance`() async throws {
        try await Desk.open { desk in
            let flow = try Self.flow(DeskClient(desk: desk))
            await #expect(throws: ConnectError.self) { try await flow.review(.plan) }
            await desk.connect()
            let pending = try await flow.review(.plan)
            #expect(pending.verdict == .planPending)
            #expect(pending.json["ok"] == true && pending.json["verdict"] == "plan_pending")
            #expect(pending.json["changes"]?.array?.count == 1)
            _ = await desk.call("POST", Desk.provision)
            #expect(try await flow.review(.plan).verdict == .planClean)
            #expect(try await flow.review(.planOfUndo).verdict == .planPending)
            #expect(try await flow.review(.undo).verdict == .undone)
            let refusal = await #expect(throws: ConnectError.self) {
                try await flow.review(.undo)
            }
            #expect(refusal?.verdict == .nothingToUndo && refusal?.hint?.isEmpty == false)
        }
    }

    @Test(arguments: [ReviewOutcome.Kind.plan, .planOfUndo, .undo])
    func `asks an instance that cannot look for nothing that it could misread`(
        kind: ReviewOutcome.Kind
    ) async throws {
        let instance = ScriptedInstance(post: [.success(.json(404, ["error": "Not found"]))])
        let flow = try Self.flow(instance)
        let error = await #expect(throws: ConnectError.self) { try await flow.review(kind) }
        #expect(error?.verdict == .provisionFailed && error?.hint?.contains("update") == true)
        let path = flow.instance.provisionPath(OldService(), ProvisionRequest())
        #expect(path == "/v1/admin/old/set-up")
        var request = ProvisionRequest()
        request.mergesDuplicates = true
        #expect(
            flow.instance.provisionPath(OldService(), request)
                == "/v1/admin/providers/old-service/provision")
    }

    @Test(
        arguments: [
            .success(.json(ScriptedInstance.provisioned)), .success(.json([:])),
            .success(.json(["plan": true, "action": "updated"])),
            .success(HTTPResponse(status: 500)),
        ] as [ScriptedInstance.Answer])
    func `takes no other answer for a plan`(answer: ScriptedInstance.Answer) async throws {
        let flow = try Self.flow(ScriptedInstance(post: [answer]))
        let error = await #expect(throws: ConnectError.self) { try await flow.review(.plan) }
        #expect(error?.verdict == .provisionFailed)
    }

    @Test func `an undoing that was done is not taken for a look`() async throws {
        let done: JSONValue = ["undo": true, "plan": false, "changes": [], "kept": []]
        let flow = try Self.flow(ScriptedInstance(post: [.success(.json(done))]))
        await #expect(throws: ConnectError.self) { try await flow.review(.planOfUndo) }
        #expect(try await flow.review(.undo).verdict == .undone)
    }

    @Test func `makes a stranger's texts harmless`() async throws {
        let answer: JSONValue = [
            "plan": true, "action": "updated\u{1B}[2J",
            "changes": [["field": "a\u{1B}[2J", "from": "b\n\u{202E}", "to": "c\u{7}"]],
            "duplicates": [["id": "d\u{1B}", "url": "e\u{1B}"]],
        ]
        let flow = try Self.flow(ScriptedInstance(post: [.success(.json(answer))]))
        let text = String(decoding: try await flow.review(.plan).json.encoded(), as: UTF8.self)
        for mark in ["\\u001b", "\\n", "\u{202E}", "\\u0007", "\u{1B}"] {
            #expect(!text.lowercased().contains(mark))
        }
    }
}
