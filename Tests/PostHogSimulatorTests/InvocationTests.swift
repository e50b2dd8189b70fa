import Engine
import PostHogSimulator
import Testing

@Suite struct InvocationTests {
    private static let url = "https://hogsend.example/v1/webhooks/posthog"

    private static let globals: JSONValue = [
        "event": [
            "uuid": "u-1", "event": "test", "distinct_id": "ada",
            "properties": ["$is_identified": true],
        ],
        "person": ["properties": [:]],
    ]

    /// Runs a compliant destination once; `status` is what its receiver answers.
    private func invoke(
        _ configuration: JSONValue? = [:], _ body: [String: JSONValue] = [:], status: Int = 200,
        switches: (inout Switches) -> Void = { _ in }
    ) async throws -> (status: Int, body: JSONValue, messages: [String], calls: Int) {
        let calls = Locked(0)
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        let server = try MicroHTTPServer(on: [socket]) { _ in
            calls.withLock { $0 += 1 }
            return HTTPResponse(status: status)
        }
        var answer = (status: 0, body: JSONValue.null)
        try await Visitor.visit { visitor in
            var changed = visitor.simulator.switches
            changed.hosts = ["hogsend.example:443": "127.0.0.1:\(server.ports[0])"]
            switches(&changed)
            visitor.simulator.switches = changed
            let id = visitor.simulator.seed(
                DestinationSeed.compliant(url: Self.url, secret: "s"))[0]
            var members: [String: JSONValue] = [
                "globals": Self.globals, "mock_async_functions": false,
            ]
            members["configuration"] = configuration
            answer = try await visitor.call(
                "POST", "/api/projects/12345/hog_functions/\(id)/invocations/",
                .object(members.merging(body) { $1 }))
        }
        await server.stop()
        let logs = answer.body["logs"]?.array ?? []
        return (
            answer.status, answer.body, logs.compactMap { $0["message"]?.string },
            calls.withLock { $0 }
        )
    }

    @Test func `a run calls the address once and says success`() async throws {
        let run = try await invoke()
        #expect(run.status == 200 && run.body["status"] == "success" && run.calls == 1)
        #expect(run.messages.last?.hasPrefix("Function completed in ") == true)
    }

    @Test func `unless told otherwise nothing is sent`() async throws {
        let run = try await invoke([:], ["mock_async_functions": nil])
        #expect(run.body["status"] == "success" && run.calls == 0)
    }

    @Test func `what could be tried again is called a success`() async throws {
        let run = try await invoke(status: 503)
        #expect(run.body["status"] == "success" && run.calls == 1)
        #expect(
            run.messages == ["HTTP fetch failed on attempt 1 with status code 503. Retrying."])
        let refused = try await invoke(status: 401)
        #expect(refused.body["status"] == "error")
        #expect(refused.messages.first?.contains("status code 401.") == true)
    }

    @Test func `a redirect is a success of old templates and a failure of new ones`() async throws {
        #expect(try await invoke(status: 302).body["status"] == "success")
        let new = try await invoke(status: 302) { $0.redirectsFail = true }
        #expect(new.body["status"] == "error" && new.calls == 1)
    }

    @Test func `the response is logged when the configuration says so`() async throws {
        let inputs: JSONValue = [
            "url": ["value": .string(Self.url)], "method": ["value": "POST"],
            "body": ["value": [:]], "headers": ["value": [:]], "debug": ["value": true],
        ]
        let run = try await invoke(["inputs": inputs], status: 302)
        #expect(run.messages.contains { $0.hasPrefix("Response, 302, ") })
    }

    @Test func `filters are those of the configuration`() async throws {
        let filters: JSONValue = ["source": "events", "events": [["id": "x", "type": "events"]]]
        let run = try await invoke(["filters": filters])
        #expect(run.body["status"] == "skipped" && run.calls == 0)
    }

    @Test func `a private address is not called`() async throws {
        let run = try await invoke { $0.hosts = [:] }
        #expect(run.calls == 0 && run.messages.contains { $0.contains("Hostname is not allowed") })
    }

    @Test func `without a configuration, a scope or a server there is no run`() async throws {
        #expect(try await invoke(nil).status == 400)
        #expect(try await invoke { $0.invocationRefusal = 500 }.status == 500)
        try await Visitor.visit(scopes: ["hog_function:read"]) { visitor in
            let answer = try await visitor.call(
                "POST", "/api/projects/12345/hog_functions/x/invocations/", [:])
            #expect(answer.status == 403)
        }
    }
}
