import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("What PostHog must not show")
struct SecrecyTests {
    private static let secrets = [
        ProvisionContext.secret, "stale-secret", "Bearer theirs", "phs_", "phc_",
    ]

    private static func expectClean(_ value: Any) {
        var text = ""
        dump(value, to: &text)
        text += "\(value)"
        for secret in secrets { #expect(!text.contains(secret)) }
    }

    @Test func `does not stand in plans and reports`() async throws {
        let theirs = DestinationSeed.drifted(
            url: ProvisionContext.webhook, secret: "stale-secret")
        var members = theirs.object ?? [:]
        var inputs = members["inputs"]?.object ?? [:]
        inputs["headers"] = [
            "value": [
                "Authorization": "Bearer theirs", "X-PostHog-Webhook-Secret": "stale-secret",
            ]
        ]
        members["inputs"] = .object(inputs)
        try await SimulatedPostHog.run { [members] posthog in
            Self.expectClean(try await posthog.plan())
            posthog.simulator.seed(.object(members))
            let plan = try await posthog.plan()
            #expect(plan.action == .updated)
            Self.expectClean(plan)
            Self.expectClean(plan.target.encoded())
            Self.expectClean(try await PostHog().apply(plan, posthog.context))
            #expect(
                posthog.only["inputs"]?["headers"]?["value"]?["Authorization"] == "Bearer theirs")
        }
    }

    @Test func `does not come back out of an answer that is no project`() async throws {
        let answer = HTTPResponse.json(200, ["id": "x", "secret_api_token": "phs_1"])
        let context = try ProvisionContext.fixture(api: ScriptedHTTPClient(answer))
        let error = await #expect(throws: ProvisionError.self) {
            try await PostHog().plan(context)
        }
        Self.expectClean(error as Any)
    }

    @Test func `is sent under no name that PostHog takes for a key`() async throws {
        try await SimulatedPostHog.run { posthog in
            _ = try await posthog.provision()
            #expect(posthog.simulator.violations.isEmpty)
        }
    }
}
