import Engine
import PostHogSimulator
import Testing

@Suite struct HogFunctionTests {
    private static let path = "/api/projects/12345/hog_functions/"
    private static let url = "https://hogsend.example/v1/webhooks/posthog"

    @Test func `a webhook made with just a url is disabled and has no body`() async throws {
        try await Visitor.visit { visitor in
            let made = try await visitor.call(
                "POST", Self.path,
                [
                    "template_id": "template-webhook",
                    "inputs": ["url": ["value": .string(Self.url)], "unknown": ["value": 1]],
                ])
            #expect(made.status == 201)
            #expect(made.body["enabled"] == false)
            #expect(made.body["template_id"] == nil)
            #expect(made.body["template"]?["id"] == "template-webhook")
            #expect(made.body["inputs"]?["body"] == JSONValue.null)
            #expect(made.body["inputs"]?["unknown"] == nil)
            #expect(made.body["inputs"]?["url"]?["bytecode"] != nil)
            #expect(visitor.simulator.writes == 1)
        }
    }

    @Test func `a webhook needs a url and a known template`() async throws {
        try await Visitor.visit { visitor in
            let noURL = try await visitor.call(
                "POST", Self.path, ["template_id": "template-webhook"])
            #expect(noURL.status == 400)
            #expect(noURL.body["attr"] == "inputs__url")
            let noTemplate = try await visitor.call("POST", Self.path, ["template_id": "other"])
            #expect(noTemplate.body["detail"] == "No template found for id 'other'")
        }
    }

    @Test func `a patch replaces filters and inputs whole`() async throws {
        try await Visitor.visit { visitor in
            let id = visitor.simulator.seed(DestinationSeed.renamed(url: Self.url, secret: "s"))[0]
            let patched = try await visitor.call(
                "PATCH", Self.path + id,
                [
                    "filters": ["events": []],
                    "inputs": ["url": ["value": .string(Self.url)]],
                ])
            #expect(patched.status == 200)
            #expect(patched.body["filters"]?["properties"] == nil)
            #expect(patched.body["inputs"]?["headers"] == JSONValue.null)
            #expect(patched.body["name"] == "To our mailer")
        }
    }

    @Test func `a secret input is kept and never shown`() async throws {
        try await Visitor.visit { visitor in
            let schema: JSONValue = [["key": "key", "type": "string", "secret": true]]
            let id = visitor.simulator.seed([
                "hog": "return", "inputs_schema": schema, "inputs": ["key": ["value": "x"]],
            ])[0]
            let read = try await visitor.get(Self.path + id)
            #expect(read.body["inputs"] == ["key": ["secret": true]])
            let patched = try await visitor.call(
                "PATCH", Self.path + id, ["inputs": ["key": ["secret": true]]])
            #expect(patched.body["inputs"] == ["key": ["secret": true]])
        }
    }

    @Test func `a patch based on an older state is refused`() async throws {
        try await Visitor.visit { visitor in
            let id = visitor.simulator.seed(DestinationSeed.drifted(url: Self.url))[0]
            let read = try await visitor.get(Self.path + id).body
            let change: JSONValue = [
                "enabled": false, "base_updated_at": read["updated_at"] ?? .null,
            ]
            #expect(try await visitor.call("PATCH", Self.path + id, change).status == 200)
            let stale = try await visitor.call("PATCH", Self.path + id, change)
            #expect(stale.status == 409)
            #expect(stale.body["code"] == "stale_update")
        }
    }

    @Test func `a long list comes in pages`() async throws {
        try await Visitor.visit { visitor in
            visitor.simulator.seed(DestinationSeed.unrelated(150))
            let first = try await visitor.get(Self.path + "?type=destination&full=true").body
            #expect(first["count"] == 150)
            #expect(first["results"]?.array?.count == 100)
            #expect(first["results"]?.array?.first?["inputs"] != nil)
            #expect(first["next"]?.string?.contains("offset=100") == true)
            let rest = try await visitor.get(Self.path + "?type=destination&offset=100").body
            #expect(rest["results"]?.array?.count == 50)
            #expect(rest["results"]?.array?.first?["inputs"] == nil)
            #expect(rest["next"] == JSONValue.null)
        }
    }

    @Test func `a deleted function is gone until it is restored`() async throws {
        try await Visitor.visit { visitor in
            let id = visitor.simulator.seed(DestinationSeed.drifted(url: Self.url))[0]
            #expect(try await visitor.call("DELETE", Self.path + id).status == 403)
            _ = try await visitor.call("PATCH", Self.path + id, ["deleted": true])
            #expect(try await visitor.get(Self.path + id).status == 404)
            let restored = try await visitor.call("PATCH", Self.path + id, ["deleted": false])
            #expect(restored.status == 200)
        }
    }

    @Test func `a client that sends bytecode back is noted`() async throws {
        try await Visitor.visit { visitor in
            let id = visitor.simulator.seed(DestinationSeed.drifted(url: Self.url))[0]
            let read = try await visitor.get(Self.path + id).body
            _ = try await visitor.call(
                "PATCH", Self.path + id, ["filters": read["filters"] ?? .null])
            #expect(visitor.simulator.violations.count == 1)
        }
    }

    @Test func `an agent may not create an enabled destination`() async throws {
        try await Visitor.visit { visitor in
            var agent = visitor
            agent.userAgent = "posthog/wizard"
            let made = try await agent.call(
                "POST", Self.path,
                [
                    "template_id": "template-webhook", "enabled": true,
                    "inputs": ["url": ["value": .string(Self.url)]],
                ])
            #expect(made.status == 400)
            #expect(made.body["attr"] == "enabled")
        }
    }
}
