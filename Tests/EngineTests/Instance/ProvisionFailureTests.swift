import Engine
import Testing

@Suite("Provision failure")
struct ProvisionFailureTests {
    static let failures: [(String, HTTPResponse, String)] = [
        ("GET", HTTPResponse(status: 401), "unauthorized"),
        ("GET", HTTPResponse(status: 403), "missing-scope"),
        ("GET", HTTPResponse(status: 500), "api-error"),
        ("GET", .json([]), "project-discovery-failed"),
        ("GET", HTTPResponse(status: 200, body: Data("<html>".utf8)), "project-discovery-failed"),
        ("PUT", HTTPResponse(status: 401), "unauthorized"),
        ("PUT", HTTPResponse(status: 403), "missing-scope"),
        ("PUT", HTTPResponse(status: 302), "api-error"),
    ]

    @Test(arguments: failures)
    func `the service's failure is 502 with a word, a reason and a remedy`(
        method: String, response: HTTPResponse, error: String
    ) async throws {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.fail(method, response)
            let answer = await desk.call("POST", Desk.provision)
            #expect(answer.status == 502 && answer.error == error)
            #expect(answer.json["detail"]?.string?.isEmpty == false)
            #expect(answer.json["remediation"]?.string?.isEmpty == false)
        }
    }

    static func workspaces(_ desk: Desk) {
        desk.service.state.withLock {
            $0.workspaces = [("w1", "One", nil), ("w2", "Two \u{1B}[2J", nil)]
        }
    }

    @Test func `several projects are offered, and the chosen one is taken`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            Self.workspaces(desk)
            let asked = await desk.call("POST", Desk.provision)
            #expect(asked.status == 502 && asked.error == "project-discovery-failed")
            #expect(asked.json["candidates"]?.array?.first == ["id": "w1", "name": "One"])
            #expect(asked.json["candidates"]?.array?.count == 2)
            for body: JSONValue in [["projectId": "w2"], ["projectId": "w2", "x": 1]] {
                let chosen = await desk.call("POST", Desk.provision, body)
                #expect(chosen.json["workspaceId"] == "w2")
            }
            let unknown = await desk.call("POST", Desk.provision, ["projectId": "w9"])
            #expect(unknown.error == "project-discovery-failed")
        }
    }

    @Test func `the environment's project is taken, the caller's goes before it`() async throws {
        try await Desk.open(["ACME_WORKSPACE": "w2"]) { desk in
            await desk.connect()
            Self.workspaces(desk)
            for (body, id) in [
                (JSONValue.object([:]), "w2"), (["projectId": .null], "w2"),
                (["projectId": "w1"], "w1"),
            ] {
                let answer = await desk.call("POST", Desk.provision, body)
                #expect(answer.json["workspaceId"]?.string == id)
            }
        }
    }

    static let bodies: [(String, String)] = [
        ("{", "invalid_json"), ("[]", "invalid_body"), ("null", "invalid_body"),
        ("\"w1\"", "invalid_body"), (#"{"projectId":""}"#, "invalid_body"),
        (#"{"projectId":["w1"]}"#, "invalid_body"), (#"{"projectId":true}"#, "invalid_body"),
        (#"{"projectId":1.5}"#, "invalid_body"), (#"{"projectId":{}}"#, "invalid_body"),
        (#"{"projectId":"\#(String(repeating: "w", count: 201))"}"#, "invalid_body"),
    ]

    @Test(arguments: bodies)
    func `a body of another shape is refused before anything is called`(
        body: String, error: String
    ) async throws {
        try await Desk.open { desk in
            await desk.connect()
            let answer = await desk.send("POST", Desk.provision, body: Data(body.utf8))
            #expect(answer.status == 400 && answer.error == error)
            #expect(desk.service.requests.isEmpty)
        }
    }

    @Test func `a number stands for a project, too`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.state.withLock { $0.workspaces = [("7", "Seven", nil), ("8", "", nil)] }
            let answer = await desk.call("POST", Desk.provision, ["projectId": 7])
            #expect(answer.json["workspaceId"] == "7")
        }
    }

    @Test func `a service that sends nothing is provisioned without a secret`() async throws {
        try await Desk.open { desk in
            _ = await desk.call(
                "PUT", "/v1/admin/provider-credentials/old-service",
                ["kind": "oauth", "payload": Desk.grant()])
            for path in ["/v1/admin/old/set-up", "/v1/admin/providers/old-service/provision"] {
                let answer = await desk.call("POST", path)
                #expect(answer.status == 200 && answer.json["action"] == "unchanged")
            }
            let rows = try await desk.database.query(
                "SELECT id FROM provider_credentials WHERE kind = 'derived'")
            #expect(rows.isEmpty)
        }
    }
}
