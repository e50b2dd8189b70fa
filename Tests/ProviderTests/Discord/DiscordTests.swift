import DiscordProvider
import DiscordSimulator
import Engine
import ProviderKit
import SimulatedService
import Testing

@Suite("Discord")
struct DiscordTests {
    /// What checking says; nil for the right value.
    private static func check(
        id: String? = nil, publicKey: String? = nil, token: String? = nil,
        fault: ServiceFault? = nil
    ) async throws -> KeyReport {
        var report = KeyReport()
        try await SimulatedDiscord.run { discord in
            if let fault { discord.simulator.service.add(fault) }
            let keys = KeyCheck(
                api: KeyedDiscord(token: token ?? DiscordSimulator.botToken),
                host: discord.simulator.origin,
                values: [
                    "applicationId": id ?? DiscordSimulator.applicationID,
                    "publicKey": publicKey ?? discord.simulator.key.publicKey,
                ])
            report = try await Discord().check(keys)
            #expect(discord.simulator.service.lines == ["GET /api/v10/applications/@me"])
        }
        return report
    }

    @Test func `it is one address, two values that are no secret and one that is`() throws {
        let discord = Discord()
        #expect(try ProviderRegistry([discord]).ids == ["discord"])
        #expect(discord.hosts.map(\.address) == ["https://discord.com"])
        let fields = discord.authentication.keyFields
        #expect(fields.map(\.name) == ["applicationId", "publicKey", "botToken"])
        #expect(fields.map(\.isSecret) == [false, false, true])
        #expect(fields.map(\.verifiesDeliveries) == [false, true, false])
        #expect(discord.webhook?.mintsSecret == false)
    }

    @Test func `keys of one application pass, and its name is kept`() async throws {
        #expect(try await Self.check() == KeyReport(fields: ["applicationName": "Greeter"]))
    }

    @Test func `the public key may be written in capitals`() async throws {
        try await SimulatedDiscord.run { discord in
            let keys = KeyCheck(
                api: KeyedDiscord(), host: discord.simulator.origin,
                values: [
                    "applicationId": DiscordSimulator.applicationID,
                    "publicKey": discord.simulator.key.publicKey.uppercased(),
                ])
            _ = try await Discord().check(keys)
        }
    }

    @Test func `another application's id or public key is refused, and so is a wrong token`()
        async throws
    {
        let others: [(String?, String?)] = [
            ("9876543210987654321", nil), (nil, String(repeating: "ab", count: 32)),
        ]
        for (id, key) in others {
            let error = await #expect(throws: ProvisionError.self) {
                try await Self.check(id: id, publicKey: key)
            }
            #expect(error?.code == "keys-refused")
        }
        await #expect(throws: ProvisionError.unauthorized(provider: "discord")) {
            try await Self.check(token: "wrong")
        }
    }

    @Test func `a wait, a failure and a page are told, and are not the key's fault`() async throws {
        var throttled = HTTPResponse.discord(429, 0, "You are being rate limited.")
        throttled.headers["Retry-After"] = "3"
        let answers: [(HTTPResponse, String)] = [
            (throttled, "Retry-After: 3 seconds"),
            (HTTPResponse(status: 503, body: Data("<h1>x</h1>".utf8)), "got status 503"),
            (
                HTTPResponse(status: 200, body: Data("<h1>x</h1>".utf8)),
                "something else than a JSON"
            ),
            (.json(["name": "x"]), "not an application"),
        ]
        for (answer, words) in answers {
            let error = await #expect(throws: ProvisionError.self) {
                try await Self.check(fault: ServiceFault(answer: answer))
            }
            #expect(error?.description.contains(words) == true, "\(words)")
            #expect(error?.code != "unauthorized")
        }
    }

    @Test func `the way to add the bot to a server is told`() throws {
        let grant = GrantSummary(
            scopes: [], fields: ["applicationId": "1234567890123456789"],
            host: try #require(URL(address: "https://discord.com")))
        #expect(
            Discord().notes(on: grant) == [
                "to add the bot to a server, open https://discord.com/oauth2/authorize"
                    + "?client_id=1234567890123456789&scope=bot+applications.commands"
            ])
    }

    @Test func `the environment says a bot's token and a public key`() throws {
        let key = String(repeating: "ab", count: 32)
        let token = DiscordSimulator.botToken
        let configuration = try Discord().configuration(
            in: Environment(["DISCORD_BOT_TOKEN": token, "DISCORD_PUBLIC_KEY": key]))
        #expect(configuration.personalKey == Secret(token))
        #expect(configuration.webhookSecret == Secret(key))
        #expect(configuration.host?.absoluteString == "https://discord.com")
        for name in ["DISCORD_BOT_TOKEN", "DISCORD_PUBLIC_KEY"] {
            let error = #expect(throws: ConfigurationError.self) {
                try Discord().configuration(in: Environment([name: "hunter2 x"]))
            }
            #expect(error?.description.hasPrefix(name) == true)
            #expect(error?.description.contains("hunter2") == false)
        }
        #expect(throws: ConfigurationError.self) {
            try Discord().configuration(in: Environment(["DISCORD_PUBLIC_KEY": "abcd"]))
        }
    }
}
