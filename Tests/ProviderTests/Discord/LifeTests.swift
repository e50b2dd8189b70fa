import DiscordProvider
import DiscordSimulator
import Engine
import ProviderKit
import SimulatedService
import Testing

/// Discord through an instance, from the pasted keys to nothing.
@Suite("A life with Discord")
struct LifeTests {
    private static func live(
        _ body: (InstanceDesk, DiscordSimulator) async throws -> Void
    ) async throws {
        let discord = try DiscordSimulator.start()
        do {
            try await InstanceDesk.open(Discord()) { desk in
                let ports = desk.ports
                discord.set { $0.ports = ports }
                try await body(desk, discord)
                #expect(!desk.lines.contains(DiscordSimulator.botToken))
            }
        } catch {
            await discord.stop()
            throw error
        }
        await discord.stop()
    }

    private static func keys(_ discord: DiscordSimulator, publicKey: String? = nil) -> String {
        """
        applicationId=\(DiscordSimulator.applicationID)
        publicKey=\(publicKey ?? discord.key.publicKey)
        botToken=\(DiscordSimulator.botToken)
        """
    }

    private static func command(_ id: String, _ name: String) -> JSONValue {
        [
            "id": .string(id), "application_id": .string(DiscordSimulator.applicationID), "type": 2,
            "token": "a-token-that-answers", "guild_id": "7",
            "member": ["user": ["id": "80351110224678912", "username": "ada"]],
            "data": ["id": "771825006014889984", "name": .string(name), "type": 1],
        ]
    }

    @Test func `connect, take commands, mend a drift and leave, and nothing is left`()
        async throws
    {
        try await Self.live { desk, discord in
            let outcome = try await desk.connect(Self.keys(discord), at: discord.origin)
            #expect(outcome.verdict == .connected, "\(outcome.json)")
            #expect(outcome.granted?.fields["applicationName"] == "Greeter")
            #expect(outcome.notes.contains { $0.contains("/oauth2/authorize?client_id=") })
            #expect(!"\(outcome.json)".contains(DiscordSimulator.botToken))
            #expect(
                discord.service.state.withLock { $0.pinged.map { $0.status } } == [401, 200])
            #expect(try await desk.events() == [], "a ping is nobody's event")
            try await takeCommands(desk, discord)
            try await mend(desk, discord)
            let left = try await desk.call("POST", of: "disconnect", [:])
            #expect(left.status == 200, "\(left.json)")
            #expect(discord.endpoint == nil)
            #expect(try await desk.credentials() == [])
        }
    }

    private func takeCommands(_ desk: InstanceDesk, _ discord: DiscordSimulator) async throws {
        let greet = Self.command("11", "greet")
        for _ in 0..<2 {
            let answer = try await discord.interact(greet)
            let document = JSONValue(decoding: answer.body)
            #expect(answer.status == 200 && document?["type"] == 4)
            #expect(document?["data"]?["flags"] == 64)
        }
        let button: JSONValue = [
            "id": "12", "type": 3, "user": ["id": "5", "username": "bob"],
            "data": ["custom_id": "more"],
        ]
        #expect(JSONValue(decoding: try await discord.interact(button).body)?["type"] == 6)
        let typing: JSONValue = ["id": "13", "type": 4, "user": ["id": "5"], "data": ["name": "x"]]
        #expect(JSONValue(decoding: try await discord.interact(typing).body)?["type"] == 8)
        let other = try #require(SigningKey())
        let forged = try await discord.interact(Self.command("14", "greet"), signedWith: other)
        #expect(forged.status == 401)
        let events = try await desk.events()
        let seen = events.map { "\($0["event"]?.string ?? "") \($0["userId"]?.string ?? "")" }
        #expect(seen.sorted() == ["greet 80351110224678912", "more 5"])
        let stored = try #require(events.first { $0["event"] == "greet" })
        #expect(stored["personProperties"]?["username"] == "ada")
        let alone = try #require(events.first { $0["event"] == "more" })
        #expect(alone["personProperties"]?["username"] == "bob")
        #expect(!"\(events)".contains("a-token-that-answers"))
    }

    private func mend(_ desk: InstanceDesk, _ discord: DiscordSimulator) async throws {
        #expect(try await desk.call("GET", of: "drift").json["drift"] == false)
        discord.set { $0.endpoint = "https://elsewhere.example/" }
        #expect(try await desk.call("GET", of: "drift").json["drift"] == true)
        #expect(try await desk.call("POST", of: "provision", [:]).status == 200)
        #expect(discord.endpoint == "https://\(InstanceDesk.publicHost)/v1/webhooks/discord")
    }

    @Test func `another application's public key is refused before anything is stored`()
        async throws
    {
        try await Self.live { desk, discord in
            let keys = Self.keys(discord, publicKey: String(repeating: "ab", count: 32))
            let error = await #expect(throws: ConnectError.self) {
                try await desk.connect(keys, at: discord.origin)
            }
            #expect(error?.description.contains("public key") == true)
            let stored = try await desk.credentials()
            #expect(stored == [])
            #expect(discord.endpoint == nil)
        }
    }

    @Test func `an instance that Discord cannot reach stays connected, and is told why`()
        async throws
    {
        try await Self.live { desk, discord in
            discord.set { $0.ports = [InstanceDesk.publicHost: 9] }
            let outcome = try await desk.connect(Self.keys(discord), at: discord.origin)
            #expect(outcome.verdict == .connectedNoProvision)
            #expect("\(outcome.json)".contains("could not be verified"))
            #expect(discord.endpoint == nil)
        }
    }
}
