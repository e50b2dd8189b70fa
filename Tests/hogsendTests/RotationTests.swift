import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("the webhook secret is replaced") struct RotationTests {
        private static func secret(_ stage: Stage) -> String? {
            let headers = stage.posthog.destinations.first?["inputs"]?["headers"]?["value"]
            return headers?["x-posthog-webhook-secret"]?.string
        }

        @Test(arguments: [false, true])
        func `under a stream of deliveries none is refused`(signs: Bool) async throws {
            try await Stage.set { stage in
                stage.posthog.switches.signsWebhooks = signs
                #expect(try await stage.client.connect("--json").status == 0)
                let first = try #require(Self.secret(stage))
                let end = CancellationFlag()
                let stream = Task {
                    var reports: [DeliveryReport] = []
                    while !end.isSet {
                        reports += await stage.posthog.emit(
                            CapturedEvent("order", distinctID: "ada"))
                    }
                    return reports
                }
                var documents: [JSONValue?] = []
                for _ in 0..<3 {
                    let ended = try await stage.client.run(
                        "connect", "posthog", "--rotate-secret", "--json")
                    #expect(ended.status == 0)
                    documents.append(ended.document)
                }
                end.set()
                let reports = await stream.value
                #expect(reports.count > 3)
                #expect(reports.allSatisfy { $0.status == 200 && $0.attempts == 1 })
                #expect(documents.allSatisfy { $0?["provision"]?["secretRotated"] == true })
                let last = try #require(Self.secret(stage))
                #expect(last != first)
                #expect(
                    documents.last??["provision"]?["protectedBy"]
                        == (signs ? "signature" : "secret_header"))
                let ended = try await stage.client.run("doctor")
                #expect(ended.output.contains("must be signed as well") == signs)
                #expect(ended.output.contains("the earlier one counts until"))
                #expect(!ended.output.contains(first) && !ended.output.contains(last))
            }
        }

        @Test func `people are told until when the old one counts, or that it no longer does`()
            async throws
        {
            try await Stage.set { stage in
                #expect(try await stage.client.connect("--json").status == 0)
                let old = try #require(Self.secret(stage))
                let shown = try await stage.client.run("connect", "posthog", "--rotate-secret")
                #expect(shown.status == 0 && shown.output.contains("previousSecretUntil"))
                let ended = try await stage.client.run(
                    "connect", "posthog", "--rotate-secret", "--grace", "0s", "--json")
                #expect(ended.document?["provision"]?["previousSecretUntil"] == .null)
                let second = try await stage.client.call(
                    "POST", "/v1/webhooks/posthog", [:], headers: ["x-posthog-webhook-secret": old])
                #expect(second.status == 400, "ten minutes were said of this one")
            }
        }

        @Test func `where the environment says the secret, the hint says how`() async throws {
            try await Stage.set(["POSTHOG_WEBHOOK_SECRET": "fixed0123456789"]) { stage in
                #expect(try await stage.client.connect("--json").status == 0)
                let ended = try await stage.client.run(
                    "connect", "posthog", "--rotate-secret", "--json")
                #expect(ended.status == 1)
                let hint = ended.document?["hint"]?.string ?? ""
                #expect(hint.contains("POSTHOG_WEBHOOK_SECRET_PREVIOUS"))
                #expect(Self.secret(stage) == "fixed0123456789")
            }
        }
    }
}
