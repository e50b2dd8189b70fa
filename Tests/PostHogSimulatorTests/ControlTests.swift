import Engine
import PostHogSimulator
import Testing

@Suite struct ControlTests {
    @Test func `switches, faults and destinations are set over HTTP`() async throws {
        try await Visitor.visit { visitor in
            let switched = try await visitor.call(
                "PUT", "/_simulator/switches", ["consent": "error:server_error", "region": nil])
            #expect(switched.status == 200)
            #expect(visitor.simulator.switches.consent == .error("server_error"))
            #expect(visitor.simulator.switches.region == nil)
            _ = try await visitor.call(
                "POST", "/_simulator/faults", ["preset": "discovery404", "times": 1])
            let discovery = "/.well-known/oauth-authorization-server"
            #expect(try await visitor.get(discovery).status == 404)
            #expect(try await visitor.get(discovery).status == 200)
            _ = try await visitor.call(
                "POST", "/_simulator/destinations", ["preset": "unrelated", "count": 3])
            #expect(visitor.simulator.destinations.count == 3)
        }
    }

    @Test func `a switch that does not exist is refused`() async throws {
        try await Visitor.visit { visitor in
            let answer = try await visitor.call("PUT", "/_simulator/switches", ["consnet": "deny"])
            #expect(answer.status == 400)
            #expect(answer.body["error"] == "there is no switch 'consnet'")
        }
    }

    @Test func `the journal holds the calls and a reset forgets them`() async throws {
        try await Visitor.visit { visitor in
            _ = try await visitor.get("/api/projects/12345/?x=1")
            let journal = try await visitor.get("/_simulator/journal").body
            let call = try #require(journal["calls"]?.array?.first)
            #expect(call["path"] == "/api/projects/12345/")
            #expect(call["query"] == ["x": "1"])
            #expect(call["status"] == 200)
            _ = try await visitor.call("POST", "/_simulator/reset")
            #expect(visitor.simulator.journal.isEmpty)
            #expect(try await visitor.get("/api/projects/12345/").status == 401)
        }
    }
}
