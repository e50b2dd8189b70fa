import Engine
import PostHogProvider
import PostHogSimulator
import Testing

@Suite("Provisioning PostHog")
struct ProvisioningTests {
    private static let url = ProvisionContext.webhook
    private static let secret = ProvisionContext.secret
    private static let old = "https://old.example/base/v1/webhooks/posthog/"

    enum Prior: String, CaseIterable {
        case nothing
        case compliant
        case renamed
        case renamedAndMoved
        case drifted
        case disabled
        case legacy
        case legacyOfAnotherSecret

        var seed: JSONValue? {
            switch self {
            case .nothing: nil
            case .compliant: DestinationSeed.compliant(url: url, secret: secret)
            case .renamed: DestinationSeed.renamed(url: url, secret: secret)
            case .renamedAndMoved: DestinationSeed.renamed(url: old, secret: "theirs")
            case .drifted: DestinationSeed.drifted(url: old)
            case .disabled: DestinationSeed.disabled(url: url, secret: secret)
            case .legacy: DestinationSeed.legacy(url: url, secret: secret)
            case .legacyOfAnotherSecret: DestinationSeed.legacy(url: old, secret: "theirs")
            }
        }

        var action: ProvisionPlan.Action {
            switch self {
            case .nothing: .created
            case .compliant, .renamed: .unchanged
            default: .updated
            }
        }
    }

    @Test(arguments: Prior.allCases, [false, true])
    func `ends with one compliant destination, and then leaves it alone`(
        prior: Prior, olderServer: Bool
    ) async throws {
        var switches = Switches()
        switches.olderServer = olderServer
        try await SimulatedPostHog.run(switches: switches) { posthog in
            let seeded = prior.seed.map { posthog.simulator.seed($0)[0] }
            #expect(try await posthog.plan().action == prior.action)
            #expect(posthog.simulator.writes == 0)

            let report = try await posthog.provision()
            #expect(report.action == prior.action)
            #expect(report.details["created"] == .bool(prior == .nothing))
            #expect(report.details["enabled"] == true)
            #expect(posthog.simulator.writes == (prior.action == .unchanged ? 0 : 1))
            #expect(posthog.ours.count == 1)
            let id = posthog.ours.first?["id"]?.string
            #expect(report.details["hogFunctionId"]?.string == id)
            #expect(seeded == nil || seeded == id)
            Self.expectCompliant(posthog.only)

            let writes = posthog.simulator.writes
            #expect(try await posthog.provision().action == .unchanged)
            #expect(posthog.simulator.writes == writes)
            #expect(posthog.simulator.violations.isEmpty)
        }
    }

    /// What the contract says, spelt out once more.
    private static func expectCompliant(_ destination: JSONValue) {
        let inputs = destination["inputs"]
        #expect(inputs?["url"]?["value"]?.string == url)
        #expect(inputs?["method"]?["value"] == "POST")
        #expect(inputs?["body"]?["value"] == ["event": "{event}", "person": "{person}"])
        let headers = inputs?["headers"]?["value"]
        #expect(headers?["Content-Type"] == "application/json")
        #expect(headers?["x-posthog-webhook-secret"]?.string == secret)
        #expect(inputs?["payload"] == nil)
        let keys = destination["inputs_schema"]?.array?.compactMap { $0["key"]?.string } ?? []
        #expect(Set(keys) == ["url", "method", "body", "headers", "debug"])
        #expect(destination["filters"]?["source"] == "events")
        let rule: JSONValue = [
            "key": "$is_identified", "type": "event", "value": ["true"], "operator": "exact",
        ]
        #expect(destination["filters"]?["properties"]?.array?.filter { $0 == rule }.count == 1)
        #expect(destination["enabled"] == true)
        #expect(destination["hog"]?.string?.contains("inputs.payload") == false)
    }

    @Test func `keeps what the user added`() async throws {
        try await SimulatedPostHog.run { posthog in
            posthog.simulator.seed(DestinationSeed.renamed(url: Self.old, secret: "theirs"))
            let before = posthog.only
            _ = try await posthog.provision()
            let after = posthog.only
            for member in ["name", "description", "filters", "inputs_schema", "hog"] {
                #expect(after[member] == before[member])
            }
            #expect(after["inputs"]?["debug"]?["value"] == true)
            #expect(after["inputs"]?["headers"]?["value"]?["X-Team"] == "growth")
        }
    }

    @Test func `sends no input by its default, and nothing that the server made`() async throws {
        try await SimulatedPostHog.run { posthog in
            _ = try await posthog.provision()
            let inputs = posthog.lastWrite["inputs"]?.object ?? [:]
            #expect(Set(inputs.keys) == ["url", "method", "body", "headers", "debug"])
            #expect(posthog.lastWrite["enabled"] == true)
            #expect(posthog.lastWrite["template_id"] == "template-webhook")
        }
        try await SimulatedPostHog.run { posthog in
            posthog.simulator.seed(DestinationSeed.drifted(url: Self.old))
            _ = try await posthog.provision()
            let text = String(decoding: posthog.lastWrite.encoded(), as: UTF8.self)
            #expect(!text.contains("bytecode"))
            #expect(posthog.lastWrite["hog"] == nil)
            #expect(posthog.lastWrite["inputs_schema"] == nil)
            #expect(posthog.lastWrite["name"] == nil)
            #expect(posthog.lastWrite["base_updated_at"] != nil)
        }
    }

    @Test func `a destination of an earlier template gets all that it lacks`() async throws {
        try await SimulatedPostHog.run { posthog in
            posthog.simulator.seed(DestinationSeed.legacy(url: Self.url, secret: Self.secret))
            let plan = try await posthog.plan()
            #expect(plan.changes.map(\.field) == ["body", "payload", "inputs_schema", "hog"])
        }
    }

    @Test func `says in the report what was learnt and where to look`() async throws {
        try await SimulatedPostHog.run { posthog in
            let report = try await posthog.provision()
            let id = report.details["hogFunctionId"]?.string ?? ""
            let origin = posthog.simulator.origin.absoluteString
            #expect(
                report.details["dashboardUrl"]?.string
                    == "\(origin)/project/12345/functions/\(id)")
            #expect(
                report.derived == [
                    "projectApiKey": Secret("phc_project12345"), "projectId": Secret("12345"),
                    "privateHost": Secret(origin), "createdDestination": Secret("12345/\(id)"),
                ])
            let again = try await posthog.provision()
            #expect(again.derived["createdDestination"] == nil, "what is known stays")
        }
    }

    @Test(arguments: [false, true])
    func `is ours among 150 of somebody else's`(olderServer: Bool) async throws {
        var switches = Switches()
        switches.olderServer = olderServer
        try await SimulatedPostHog.run(switches: switches) { posthog in
            posthog.simulator.seed(DestinationSeed.drifted(url: Self.old))
            posthog.simulator.seed(DestinationSeed.unrelated(150))
            let actions = [
                try await posthog.provision().action, try await posthog.provision().action,
            ]
            #expect(actions == [.updated, .unchanged])
            #expect(posthog.simulator.destinations.count == 151)
            #expect(posthog.simulator.violations.isEmpty)
        }
    }

    @Test func `of several destinations only the preferred one is touched`() async throws {
        try await SimulatedPostHog.run { posthog in
            let ids = posthog.simulator.seed(
                DestinationSeed.disabled(url: Self.old, secret: "a"),
                DestinationSeed.drifted(url: Self.old),
                DestinationSeed.disabled(url: Self.url, secret: "c"))
            let report = try await posthog.provision()
            #expect(report.details["hogFunctionId"]?.string == ids[2])
            #expect(posthog.simulator.writes == 1)
        }
    }

    @Test func `an edit between plan and write is seen and kept`() async throws {
        try await SimulatedPostHog.run { posthog in
            let id = posthog.simulator.seed(DestinationSeed.drifted(url: Self.old))[0]
            let plan = try await posthog.plan()
            try await posthog.edit(id, ["name": "Edited"])
            let report = try await PostHog().apply(plan, posthog.context)
            #expect(report.action == .updated)
            #expect(posthog.only["name"] == "Edited")
        }
    }

    private static let stale = HTTPResponse.problem(
        409, "Changed meanwhile.", code: "stale_update")

    @Test func `an edit between read and write is met by one more look`() async throws {
        try await SimulatedPostHog.run { posthog in
            posthog.simulator.seed(DestinationSeed.drifted(url: Self.old))
            posthog.simulator.add(
                ServerFault("/api/", method: "PATCH", times: 1, answer: Self.stale))
            let report = try await posthog.provision()
            #expect(report.action == .updated)
            #expect(posthog.simulator.writes == 1)
        }
    }

    @Test func `edits that do not end are reported`() async throws {
        try await SimulatedPostHog.run { posthog in
            posthog.simulator.seed(DestinationSeed.drifted(url: Self.old))
            posthog.simulator.add(ServerFault("/api/", method: "PATCH", answer: Self.stale))
            await #expect(
                throws: ProvisionError.unexpectedAnswer(
                    step: "changing the destination", status: 409, detail: "Changed meanwhile.")
            ) { try await posthog.provision() }
            #expect(posthog.simulator.journal.filter { $0.method == "PATCH" }.count == 3)
        }
    }

    @Test func `a destination deleted since the plan is made anew`() async throws {
        try await SimulatedPostHog.run { posthog in
            let id = posthog.simulator.seed(DestinationSeed.drifted(url: Self.old))[0]
            let plan = try await posthog.plan()
            try await posthog.edit(id, ["deleted": true])
            let report = try await PostHog().apply(plan, posthog.context)
            #expect(report.action == .created)
        }
    }

    @Test func `a secret yet to be minted can be planned and then stamped`() async throws {
        try await SimulatedPostHog.run { posthog in
            posthog.simulator.seed(DestinationSeed.compliant(url: Self.url, secret: "stale"))
            let before = try ProvisionContext.fixture(
                api: posthog.context.api, host: posthog.simulator.origin.absoluteString,
                secret: nil)
            let plan = try await PostHog().plan(before)
            #expect(plan.action == .updated)
            #expect(plan.changes.map(\.field) == ["headers.x-posthog-webhook-secret"])
            #expect(try await PostHog().apply(plan, posthog.context).action == .updated)
            Self.expectCompliant(posthog.only)
        }
    }
}
