import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("Provisioning over generated states")
struct GeneratedStatesTests {
    private static let states: UInt64 = 500

    @Test func `mends one destination, touches no other, and then has nothing to do`() async throws
    {
        for seed in 0..<Self.states {
            try await SimulatedPostHog.run { posthog in
                var generated = GeneratedDestination(seed: seed)
                posthog.simulator.seed(generated.project())
                let before = posthog.simulator.destinations
                let report = try await posthog.provision()
                #expect(
                    posthog.simulator.writes == (report.action == .unchanged ? 0 : 1), "\(seed)")
                let id = try #require(report.details["hogFunctionId"]?.string)
                Self.expectInvariants(seed, id, before, posthog)
                let again = try await posthog.provision()
                #expect(again.action == .unchanged, "\(seed)")
                #expect(again.details["hogFunctionId"]?.string == id, "\(seed)")
                #expect(posthog.simulator.writes <= 1, "\(seed)")
                #expect(posthog.simulator.violations == [], "\(seed)")
            }
        }
    }

    @Test func `survives a crash after each of its calls`() async throws {
        for seed in 0..<15 as Range<UInt64> {
            var calls = 1
            var isDone = false
            while !isDone {
                try await SimulatedPostHog.run { posthog in
                    var generated = GeneratedDestination(seed: seed)
                    posthog.simulator.seed(generated.project())
                    let before = posthog.simulator.destinations
                    let ours = posthog.ours.count
                    isDone = await Self.provision(posthog.context, crashingAfter: calls)
                    let report = try await posthog.provision()
                    let id = try #require(report.details["hogFunctionId"]?.string)
                    Self.expectInvariants(seed, id, before, posthog)
                    #expect(posthog.ours.count == max(ours, 1), "\(seed) after \(calls)")
                    #expect(posthog.simulator.writes <= 1, "\(seed) after \(calls)")
                    #expect(try await posthog.plan().action == .unchanged, "\(seed) after \(calls)")
                }
                calls += 1
            }
            #expect(calls > 3, "\(seed): the crash was never early")
        }
    }

    /// Whether it came to its end before the crash.
    private static func provision(_ context: ProvisionContext, crashingAfter calls: Int) async
        -> Bool
    {
        let crashing = ProvisionContext(
            api: CrashingClient(client: context.api, calls: calls), host: context.host,
            grant: context.grant, project: context.project, webhookURL: context.webhookURL,
            webhookSecret: context.webhookSecret)
        do {
            _ = try await PostHog().apply(try await PostHog().plan(crashing), crashing)
            return true
        } catch {
            return false
        }
    }

    // MARK: Invariants

    private static func expectInvariants(
        _ seed: UInt64, _ id: String, _ before: [JSONValue], _ posthog: SimulatedPostHog
    ) {
        let after = posthog.simulator.destinations
        guard let ours = after.first(where: { $0["id"]?.string == id }) else {
            Issue.record("\(seed): the destination is gone")
            return
        }
        expectCompliant(ours, seed)
        for old in before {
            let new = after.first { $0["id"] == old["id"] }
            if old["id"]?.string == id {
                expectPreserved(old, ours, seed)
            } else {
                #expect(new == old, "\(seed): another destination was touched")
            }
        }
    }

    private static func expectCompliant(_ destination: JSONValue, _ seed: UInt64) {
        let inputs = destination["inputs"]
        #expect(inputs?["url"]?["value"]?.string == ProvisionContext.webhook, "\(seed)")
        #expect(inputs?["method"]?["value"] == "POST", "\(seed)")
        #expect(inputs?["body"]?["value"] == ["event": "{event}", "person": "{person}"], "\(seed)")
        let headers = inputs?["headers"]?["value"]?.object ?? [:]
        let lowered = headers.keys.map { $0.lowercased() }
        #expect(lowered.count == Set(lowered).count, "\(seed): a header twice")
        #expect(headers["Content-Type"] == "application/json", "\(seed)")
        #expect(headers["x-posthog-webhook-secret"]?.string == ProvisionContext.secret, "\(seed)")
        #expect(destination["filters"]?["source"] == "events", "\(seed)")
        let rules =
            destination["filters"]?["properties"]?.array?
            .filter { $0["key"] == "$is_identified" } ?? []
        #expect(rules.count == 1, "\(seed)")
        #expect(rules.first?["value"] != ["false"], "\(seed)")
        #expect(destination["enabled"] == true, "\(seed)")
        let keys = destination["inputs_schema"]?.array?.compactMap { $0["key"]?.string } ?? []
        #expect(Set(["url", "method", "body", "headers", "debug"]).isSubset(of: keys), "\(seed)")
        #expect(!keys.contains("payload"), "\(seed)")
        #expect(destination["hog"]?.string?.contains("inputs.payload") == false, "\(seed)")
    }

    private static func expectPreserved(_ old: JSONValue, _ new: JSONValue, _ seed: UInt64) {
        for name in ["name", "description"] { #expect(new[name] == old[name], "\(seed): \(name)") }
        #expect(new["filters"]?["events"] == old["filters"]?["events"], "\(seed)")
        let team = old["inputs"]?["headers"]?["value"]?["X-Team"]
        #expect(new["inputs"]?["headers"]?["value"]?["X-Team"] == team, "\(seed)")
        for property in old["filters"]?["properties"]?.array ?? [] where property["key"] == "plan" {
            let kept = new["filters"]?["properties"]?.array?.contains(property)
            #expect(kept == true, "\(seed): a filter of the user's")
        }
        if let debug = old["inputs"]?["debug"]?["value"] {
            #expect(new["inputs"]?["debug"]?["value"] == debug, "\(seed)")
        }
    }
}
