import Engine
import PostHogSimulator
import Testing

@Suite struct ScopeTests {
    @Test func `a token for one project enters no other and lists none`() async throws {
        try await Visitor.visit { visitor in
            #expect(try await visitor.get("/api/projects/12345/").status == 200)
            let current = try await visitor.get("/api/projects/@current/")
            #expect(current.status == 403)
            #expect(
                current.body["detail"]
                    == "API key does not have access to the requested project: ID 67890.")
            let list = try await visitor.get("/api/projects/")
            #expect(
                list.body["detail"]
                    == "API keys with scoped projects are only supported on project-based endpoints."
            )
        }
    }

    @Test func `a token for the whole account lists its projects`() async throws {
        try await Visitor.visit(teams: []) { visitor in
            let list = try await visitor.get("/api/projects/").body
            #expect(list["results"]?.array?.compactMap { $0["id"]?.integer } == [12_345, 67_890])
        }
    }

    @Test func `writing implies reading but not the reverse`() async throws {
        try await Visitor.visit(scopes: ["hog_function:read"]) { visitor in
            let path = "/api/projects/12345/hog_functions/"
            #expect(try await visitor.get(path).status == 200)
            let refused = try await visitor.call("POST", path, [:])
            #expect(refused.status == 403)
            #expect(
                refused.body["detail"] == "API key missing required scope 'hog_function:write'")
        }
    }

    @Test func `an expired token and no token are 401`() async throws {
        try await Visitor.visit { visitor in
            visitor.simulator.switches.clockOffset = 604_801
            let expired = try await visitor.get("/api/projects/12345/")
            #expect(expired.status == 401)
            #expect(expired.body["detail"] == "Access token has expired.")
            var stranger = visitor
            stranger.token = ""
            let anonymous = try await stranger.get("/api/projects/12345/")
            #expect(anonymous.body["code"] == "not_authenticated")
        }
    }

    @Test func `a personal key works where the switch names it`() async throws {
        try await Visitor.visit { visitor in
            visitor.simulator.switches.personalKeys = [.init(key: "phx_key")]
            var owner = visitor
            owner.token = "phx_key"
            let current = try await owner.get("/api/projects/@current/").body
            #expect(current["id"] == 67_890)
        }
    }
}
