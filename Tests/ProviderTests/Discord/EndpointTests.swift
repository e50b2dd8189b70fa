import DiscordProvider
import DiscordSimulator
import Engine
import ProviderKit
import SimulatedService
import Testing

@Suite("The interactions endpoint")
struct EndpointTests {
    private static let other = "https://user:pw@other.example/discord?key=s3cret"

    @Test func `it is set once, and then there is nothing to do`() async throws {
        try await SimulatedDiscord.run { discord in
            let plan = try await discord.plan()
            #expect(plan.action == .created && discord.simulator.endpoint == nil)
            #expect(
                plan.changes == [
                    .init("interactions_endpoint_url", from: nil, to: SimulatedDiscord.webhook)
                ])
            let report = try await discord.provision()
            #expect(report.action == .created && report.changes == plan.changes)
            #expect(report.webhookSecret == nil)
            #expect(discord.simulator.endpoint == SimulatedDiscord.webhook)
            #expect(try await discord.provision().action == .unchanged)
            #expect(discord.simulator.service.writes.count == 1)
            #expect(
                try await discord.plan()
                    == ProvisionPlan(
                        action: .unchanged, changes: [],
                        target: .string(DiscordSimulator.applicationID)))
        }
    }

    @Test func `another address is shown without what may be a secret, replaced, and put back`()
        async throws
    {
        try await SimulatedDiscord.run { discord in
            discord.simulator.set { $0.endpoint = Self.other }
            let plan = try await discord.plan()
            #expect(plan.action == .updated)
            #expect(plan.changes.first?.before == "https://other.example/discord?…")
            try await discord.provision()
            #expect(discord.simulator.endpoint == SimulatedDiscord.webhook)
            let rehearsal = try await discord.undo(rehearsing: true)
            #expect(discord.simulator.endpoint == SimulatedDiscord.webhook)
            #expect(try await discord.undo() == rehearsal)
            #expect(rehearsal.changes.first?.after == "https://other.example/discord?…")
            #expect(discord.simulator.endpoint == Self.other)
            #expect(try await discord.undo() == UndoReport())
        }
    }

    @Test func `undoing leaves an application without one as it was`() async throws {
        try await SimulatedDiscord.run { discord in
            try await discord.provision()
            #expect(try await discord.undo().changes.first?.after == "none")
            #expect(discord.simulator.endpoint == nil)
        }
    }

    @Test func `what somebody has set since stays, and so does what Discord does not take back`()
        async throws
    {
        try await SimulatedDiscord.run { discord in
            discord.simulator.set { $0.endpoint = Self.other }
            try await discord.provision()
            discord.simulator.set { $0.pings = true }
            let refused = try await discord.undo()
            #expect(
                refused.kept.map(\.reason) == ["was not taken back by Discord"])
            #expect(discord.simulator.endpoint == SimulatedDiscord.webhook)
            discord.simulator.set { $0.endpoint = "https://third.example/" }
            #expect(try await discord.undo().kept.map(\.reason) == ["was changed since"])
            #expect(discord.simulator.endpoint == "https://third.example/")
        }
    }

    @Test func `an address that does not answer pings is refused in Discord's words`()
        async throws
    {
        try await SimulatedDiscord.run { discord in
            discord.simulator.set { $0.pings = true }
            let error = await #expect(throws: ProvisionError.self) { try await discord.provision() }
            #expect(error?.description.contains("could not be verified") == true)
            #expect(discord.simulator.endpoint == nil)
        }
    }

    @Test func `an answer that leaves the field as it was is no success`() async throws {
        try await SimulatedDiscord.run { discord in
            discord.simulator.service.add(
                ServiceFault("PATCH", answer: .json(["id": "1", "verify_key": "ab"])))
            let error = await #expect(throws: ProvisionError.self) { try await discord.provision() }
            #expect(error?.description.contains("did not keep the field") == true)
        }
    }

    @Test func `a token that is no longer taken, and a right that lacks, are told`() async throws {
        let answers: [(HTTPResponse, String)] = [
            (HTTPResponse.discord(401, 0, "401: Unauthorized"), "unauthorized"),
            (.discord(403, 50001, "Missing Access"), "api-error"),
            (HTTPResponse(status: 302, headers: ["Location": "/"]), "unsupported-instance"),
        ]
        for (answer, code) in answers {
            try await SimulatedDiscord.run { discord in
                discord.simulator.service.add(ServiceFault("PATCH", answer: answer))
                let error = await #expect(throws: ProvisionError.self) {
                    try await discord.provision()
                }
                #expect(error?.code == code)
            }
        }
    }

    @Test func `a crash at any call is carried on, and leaves what can be undone`() async throws {
        for calls in 1...3 {
            try await SimulatedDiscord.run { discord in
                discord.simulator.set { $0.endpoint = Self.other }
                let client = CrashingClient(client: CurlClient(), calls: calls)
                await #expect(throws: ProvisionError.self) {
                    try await discord.provision(through: client)
                }
                try await discord.provision()
                #expect(discord.simulator.endpoint == SimulatedDiscord.webhook)
                _ = try await discord.undo()
                #expect(discord.simulator.endpoint == Self.other)
            }
        }
    }

    // MARK: Leaving

    @Test func `leaving takes our address away and no other, once`() async throws {
        try await SimulatedDiscord.run { discord in
            discord.simulator.set { $0.endpoint = Self.other }
            #expect(try await discord.remove() == RemovalReport())
            #expect(discord.simulator.endpoint == Self.other)
            try await discord.provision()
            let rehearsal = try await discord.remove(rehearsing: true)
            #expect(discord.simulator.endpoint == SimulatedDiscord.webhook)
            #expect(try await discord.remove() == rehearsal)
            #expect(
                rehearsal.removed.map(\.object)
                    == ["interactions endpoint of application \(DiscordSimulator.applicationID)"])
            #expect(discord.simulator.endpoint == nil)
            #expect(try await discord.remove() == RemovalReport())
        }
    }

    @Test func `a crash while leaving is carried on`() async throws {
        for calls in 1...2 {
            try await SimulatedDiscord.run { discord in
                try await discord.provision()
                let client = CrashingClient(client: CurlClient(), calls: calls)
                await #expect(throws: ProvisionError.self) {
                    try await discord.remove(through: client)
                }
                _ = try await discord.remove()
                #expect(discord.simulator.endpoint == nil)
            }
        }
    }
}
