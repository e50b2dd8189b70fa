import Engine
import Testing

@Suite("Plan, drift and undo routes")
struct PlanRouteTests {
    private static let plan = Desk.provision + "?plan=true"
    private static let drift = "/v1/admin/providers/acme/drift"
    private static let hook = "https://hogsend.example/v1/webhooks/acme"

    @Test func `a plan says what would change, and writes nothing on either side`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let answer = await desk.call("POST", Self.plan)
            #expect(
                answer.text
                    == #"{"action":"created","changes":[{"field":"hook","from":null,"to":"\#(Self.hook)"}],"#
                    + #""duplicates":[],"plan":true,"webhookUrl":"\#(Self.hook)"}"#)
            #expect(desk.service.lines == ["GET /api/workspaces"])
            let rows = try await desk.database.query(
                "SELECT id FROM provider_credentials WHERE kind = 'derived'")
            #expect(rows.isEmpty)
            _ = await desk.call("POST", Desk.provision)
            let after = await desk.call("POST", Self.plan)
            #expect(after.json["action"] == "unchanged" && after.json["changes"] == [])
        }
    }

    @Test(arguments: ProvisionRouteTests.refusals)
    func `a look and an undoing are refused as provisioning is, before anything is called`(
        environment: [String: String], isConnected: Bool, error: String
    ) async throws {
        try await Desk.open(environment) { desk in
            if isConnected { await desk.connect() }
            for (method, path) in [("POST", Self.plan), ("GET", Self.drift)] {
                let answer = await desk.call(method, path)
                #expect(answer.status == 409 && answer.error == error)
            }
            let undo = await desk.call("POST", Desk.provision, ["undo": true])
            #expect(undo.status == 409)
            #expect([error, "nothing_to_undo"].contains(undo.error))
            #expect(desk.service.requests.isEmpty)
        }
    }

    @Test(arguments: [
        ("?plan=1", "{}"), ("?plan", "{}"), ("?plan=True", "{}"), ("?Plan=true", "{}"),
        ("?plan=true&plan=false", "{}"), ("?plan=%", "{}"), ("?plan=true&x=1", "{}"),
        ("", #"{"undo":"yes"}"#), ("", #"{"undo":1}"#), ("", #"{"merge":[]}"#),
        ("", #"{"undo":true,"merge":true}"#), ("", #"{"undo":true,"projectId":"w1"}"#),
    ])
    func `whoever may have wanted a look gets no change`(query: String, body: String) async throws {
        try await Desk.open { desk in
            await desk.connect()
            let answer = await desk.send("POST", Desk.provision + query, body: Data(body.utf8))
            #expect(answer.status == 400)
            #expect(["invalid_query", "invalid_body"].contains(answer.error))
            #expect(desk.service.requests.isEmpty)
        }
    }

    @Test func `drift is read by the administrator alone`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let stranger = await desk.send("GET", Self.drift, headers: [:])
            #expect(stranger.status == 401 && desk.service.requests.isEmpty)
            #expect(await desk.call("GET", Self.drift).json["drift"] == true)
            _ = await desk.call("POST", Desk.provision)
            #expect(await desk.call("GET", Self.drift).json["drift"] == false)
            #expect(await desk.call("GET", Self.drift + "?projectId=w9").status == 502)
            desk.service.state.withLock { $0.workspaces[0].hook = ["url": "https://x.example"] }
            let drifted = await desk.call("GET", Self.drift)
            #expect(drifted.json["drift"] == true && drifted.json["action"] == "updated")
        }
    }

    @Test func `the latest change is undone once`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.state.withLock { $0.workspaces[0].hook = ["url": "https://x.example"] }
            _ = await desk.call("POST", Desk.provision)
            let look = await desk.call("POST", Self.plan, ["undo": true])
            #expect(look.json["plan"] == true && desk.service.secrets.count == 1)
            let undone = await desk.call("POST", Desk.provision, ["undo": true])
            #expect(undone.status == 200 && undone.json["undo"] == true)
            #expect(
                undone.json["changes"]
                    == [["field": "hook", "from": .string(Self.hook), "to": "https://x.example"]])
            #expect(undone.json["changedAt"]?.string.flatMap { Date(iso8601: $0) } != nil)
            let again = await desk.call("POST", Desk.provision, ["undo": true])
            #expect(again.status == 409 && again.error == "nothing_to_undo")
            let info = await desk.call("GET", Desk.info)
            #expect(info.json["webhookSecretConfigured"] == true, "the rest of the row stays")
        }
    }

    @Test func `a later edit is kept, and an unchanged run leaves the journal alone`() async throws
    {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Desk.provision)
            _ = await desk.call("POST", Desk.provision)
            desk.service.state.withLock { $0.workspaces[0].hook = ["url": "https://y.example"] }
            let undone = await desk.call("POST", Desk.provision, ["undo": true])
            #expect(undone.json["kept"] == [["field": "hook", "reason": "was changed since"]])
            #expect(undone.json["changes"] == [])
            #expect(
                desk.service.state.withLock { $0.workspaces[0].hook?["url"] } == "https://y.example"
            )
        }
    }

    @Test func `a change that failed is carried on by the next run, and undone as one`()
        async throws
    {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.state.withLock { $0.workspaces[0].hook = ["url": "https://x.example"] }
            desk.service.fail("PUT", HTTPResponse(status: 500))
            #expect(await desk.call("POST", Desk.provision).status == 502)
            desk.service.fail("PUT", nil)
            let again = try desk.restarted()
            #expect(await again.call("POST", Desk.provision).status == 200)
            _ = await desk.call("POST", Desk.provision, ["undo": true])
            #expect(
                desk.service.state.withLock { $0.workspaces[0].hook?["url"] } == "https://x.example"
            )
        }
    }

    @Test func `an undoing that failed can be run again`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Desk.provision)
            desk.service.fail("PUT", HTTPResponse(status: 500))
            #expect(await desk.call("POST", Desk.provision, ["undo": true]).status == 502)
            desk.service.fail("PUT", nil)
            #expect(await desk.call("POST", Desk.provision, ["undo": true]).status == 200)
            #expect(desk.service.state.withLock { $0.workspaces[0].hook?["url"] } == .null)
        }
    }
}
