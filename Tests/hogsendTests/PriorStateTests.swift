import Engine
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("whatever stands at PostHog before") struct PriorStateTests {
        private static let url = "http://hogsend.example/v1/webhooks/posthog"
        private static let secret = "stage-webhook-secret-0123456789"

        enum Prior: String, CaseIterable {
            case nothing
            case compliant
            case renamed
            case drifted
            case disabled
            case legacy

            var seed: [JSONValue] {
                let (url, secret) = (PriorStateTests.url, PriorStateTests.secret)
                return switch self {
                case .nothing: []
                case .compliant: [DestinationSeed.compliant(url: url, secret: secret)]
                case .renamed: [DestinationSeed.renamed(url: url, secret: secret)]
                case .drifted: [DestinationSeed.drifted(url: url, secret: secret)]
                case .disabled: [DestinationSeed.disabled(url: url, secret: secret)]
                case .legacy: [DestinationSeed.legacy(url: url, secret: secret)]
                }
            }

            var action: JSONValue {
                switch self {
                case .nothing: "created"
                case .compliant, .renamed: "unchanged"
                case .drifted, .disabled, .legacy: "updated"
                }
            }
        }

        @Test(arguments: Prior.allCases)
        func `the first run mends it and keeps what the user added, the second writes nothing`(
            prior: Prior
        ) async throws {
            try await Stage.set(["POSTHOG_WEBHOOK_SECRET": Self.secret]) { stage in
                stage.posthog.seed(prior.seed)
                stage.posthog.seed(DestinationSeed.unrelated(3))
                let before = stage.posthog.destinations
                let first = try await stage.client.connect("--json")
                #expect(first.document?["provision"]?["action"] == prior.action)
                let ours = stage.posthog.destinations.filter { Self.path($0).hasSuffix("/posthog") }
                #expect(ours.count == 1)
                for destination in ours { Self.expectCompliant(destination) }
                if let old = before.first, let new = ours.first, prior != .nothing {
                    Self.expectPreserved(old, new)
                }
                let writes = stage.posthog.writes
                let second = try await stage.client.connect("--json")
                #expect(second.document?["provision"]?["action"] == "unchanged")
                #expect(stage.posthog.writes == writes)
                #expect(stage.posthog.violations == [])
                let event = CapturedEvent(
                    "signed_up", distinctID: "ada", personProperties: ["plan": "pro"])
                #expect(
                    await stage.posthog.emit(event).filter { $0.url.hasSuffix("/posthog") }
                        .map(\.status) == [200])
            }
        }

        private static func path(_ destination: JSONValue) -> String {
            destination["inputs"]?["url"]?["value"]?.string ?? ""
        }

        private static func expectCompliant(_ destination: JSONValue) {
            let inputs = destination["inputs"]
            #expect(inputs?["url"]?["value"] == .string(url))
            #expect(inputs?["method"]?["value"] == "POST")
            #expect(inputs?["body"]?["value"] == ["event": "{event}", "person": "{person}"])
            #expect(inputs?["headers"]?["value"]?["Content-Type"] == "application/json")
            #expect(inputs?["headers"]?["value"]?["x-posthog-webhook-secret"] == .string(secret))
            #expect(destination["filters"]?["source"] == "events")
            let rules = destination["filters"]?["properties"]?.array?
                .filter { $0["key"] == "$is_identified" }
            #expect(rules?.count == 1)
            #expect(destination["enabled"] == true)
            let keys = destination["inputs_schema"]?.array?.compactMap { $0["key"]?.string } ?? []
            #expect(Set(["url", "method", "body", "headers", "debug"]).isSubset(of: keys))
            #expect(!keys.contains("payload"))
        }

        /// Name, description, other headers, other filter properties, event matchers, debug.
        private static func expectPreserved(_ old: JSONValue, _ new: JSONValue) {
            #expect(new["id"] == old["id"])
            #expect(new["name"] == old["name"])
            #expect(new["description"] == old["description"])
            let managed = ["content-type", "x-posthog-webhook-secret"]
            for (name, value) in old["inputs"]?["headers"]?["value"]?.object ?? [:]
            where !managed.contains(name.lowercased()) {
                #expect(new["inputs"]?["headers"]?["value"]?[name] == value)
            }
            for property in old["filters"]?["properties"]?.array ?? []
            where property["key"] != "$is_identified" {
                #expect(new["filters"]?["properties"]?.array?.contains(property) == true)
            }
            #expect(new["filters"]?["events"] == old["filters"]?["events"])
            if let debug = old["inputs"]?["debug"]?["value"] {
                #expect(new["inputs"]?["debug"]?["value"] == debug)
            }
        }
    }
}
