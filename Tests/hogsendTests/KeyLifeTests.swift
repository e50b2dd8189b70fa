import DiscordSimulator
import Engine
import Foundation
import SimulatedService
import StripeSimulator
import Testing

extension BinaryTests {
    /// Services that are connected by pasting keys, from `connect` to `disconnect`.
    @Suite("The whole life of pasted keys") struct KeyLifeTests {
        private static let environment = ["API_PUBLIC_URL": "https://hogsend.example"]

        /// `connect` with a file of keys, at a service of that address.
        private func connect(
            _ stage: Stage, _ name: String, _ keys: String, at host: URL, _ more: String...
        ) async throws -> Program.Ended {
            let file = "\(stage.client.folder.path)/\(name).keys"
            try keys.write(toFile: file, atomically: true, encoding: .utf8)
            let words = [
                "connect", name, "--\(name)-host", host.absoluteString, "--key-file", file,
                "--json",
            ]
            return try await stage.client.program(words + more).run()
        }

        private func disconnect(_ stage: Stage, _ name: String) async throws -> Program.Ended {
            try await stage.client.run("disconnect", name, "--yes", "--json")
        }

        /// What `events list` shows: event and user.
        private func events(_ stage: Stage) async throws -> [String] {
            let listed = try await stage.client.run("events", "list", "--json")
            return (listed.document?["events"]?.array ?? []).map {
                "\($0["event"]?.string ?? "?") \($0["userId"]?.string ?? "?")"
            }
        }

        @Test func `Stripe: connect, deliver, refuse, look, mend and leave`() async throws {
            let stripe = try StripeSimulator.start()
            try await Stage.set(Self.environment) { stage in
                let ports = ["hogsend.example": UInt16(stage.instance.port)]
                let key = StripeSimulator.restrictedKey
                let connected = try await connect(stage, "stripe", key, at: stripe.origin)
                #expect(connected.status == 0, "\(connected.errors)")
                #expect(connected.document?["verdict"] == "connected")
                #expect(connected.document?["stripe"]?["mode"] == "test")
                #expect(!(connected.output + connected.errors).contains(key))
                let paid: JSONValue = [
                    "id": "evt_1", "type": "invoice.paid", "created": 1_492_774_577,
                    "data": ["object": ["id": "in_1", "customer": "cus_ada"]],
                ]
                #expect(try await stripe.emit(paid, through: ports).map(\.status) == [200])
                let forged = try await stripe.emit(paid, through: ports, secret: "whsec_guessed")
                #expect(forged.map(\.status) == [401])
                #expect(try await events(stage) == ["invoice.paid cus_ada"])
                try await mend(stage, stripe)
                let left = try await disconnect(stage, "stripe")
                #expect(left.status == 0 && left.document?["verdict"] == "disconnected")
                #expect(stripe.endpoints == [])
                let listed = try await stage.client.run("credentials", "list", "--json")
                let states = listed.document?["credentials"]?.array?.map { $0["status"] }
                #expect(states?.allSatisfy { $0 == "not_connected" } == true)
            }
            await stripe.stop()
        }

        private func mend(_ stage: Stage, _ stripe: StripeSimulator) async throws {
            let id = try #require(stripe.endpoints.first?["id"]?.string)
            stripe.edit(id) { endpoint in
                endpoint.isEnabled = false
                return true
            }
            let plan = try await stage.client.run("connect", "stripe", "--plan", "--json")
            #expect(plan.status == 3 && plan.document?["changes"]?.array?.count == 1)
            let mended = try await stage.client.run("connect", "stripe", "--provision-only")
            #expect(mended.status == 0, "\(mended.errors)")
            #expect(stripe.enabled().count == 1 && stripe.endpoints.count == 1)
            let doctor = try await stage.client.run("doctor")
            #expect(doctor.output.contains("stripe"))
        }

        @Test func `Discord: connect, take a command, refuse a forgery and leave`() async throws {
            let discord = try DiscordSimulator.start()
            try await Stage.set(Self.environment) { stage in
                let port = UInt16(stage.instance.port)
                discord.set { $0.ports = ["hogsend.example": port] }
                let keys = """
                    {"applicationId": "\(DiscordSimulator.applicationID)",
                    "publicKey": "\(discord.key.publicKey)",
                    "botToken": "\(DiscordSimulator.botToken)"}
                    """
                let connected = try await connect(stage, "discord", keys, at: discord.origin)
                #expect(connected.status == 0, "\(connected.errors)")
                #expect(connected.document?["verdict"] == "connected")
                #expect(discord.endpoint == "https://hogsend.example/v1/webhooks/discord")
                let pinged = discord.service.state.withLock { $0.pinged.map { $0.status } }
                #expect(pinged == [401, 200])
                let said = connected.output + connected.errors
                #expect(
                    said.contains("oauth2/authorize?client_id=\(DiscordSimulator.applicationID)"))
                #expect(!said.contains(DiscordSimulator.botToken))
                let greet: JSONValue = [
                    "id": "11", "type": 2, "member": ["user": ["id": "42"]],
                    "data": ["name": "greet"],
                ]
                let answer = try await discord.interact(greet)
                #expect(JSONValue(decoding: answer.body)?["type"] == 4)
                let other = try #require(SigningKey())
                #expect(try await discord.interact(greet, signedWith: other).status == 401)
                #expect(try await events(stage) == ["greet 42"])
                #expect(try await disconnect(stage, "discord").status == 0)
                #expect(discord.endpoint == nil)
            }
            await discord.stop()
        }
    }
}
