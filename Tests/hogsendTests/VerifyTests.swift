import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("The proof of the loop") struct VerifyTests {
        private static let event = CapturedEvent("signed_up", distinctID: "ada")

        @Test func `connect says how long a test event took, and nobody else sees it`() async throws
        {
            try await Stage.set { stage in
                let tail = try stage.client.program(["events", "tail", "--json"]).start()
                try await tail.wait { $0.errors.contains("waiting for events") ? () : nil }
                let ended = try await stage.client.connect()
                #expect(ended.status == 0 && ended.errors == "")
                #expect(
                    ended.output.contains(
                        "POST \(stage.instance.url)/v1/admin/providers/posthog/verify ok\n"))
                #expect(ended.output.contains(/a test event came back after \d+ ms\n/))
                let again = try await stage.client.run(
                    "connect", "posthog", "--provision-only", "--json")
                let loop = again.document?["loop"]
                #expect(loop?["attempted"] == true && loop?["ok"] == true)
                #expect(loop?["milliseconds"]?.integer.map { $0 < 10_000 } == true)
                await stage.posthog.emit(Self.event)
                try await tail.wait { $0.output.contains("signed_up") ? () : nil }
                tail.signal(SIGINT)
                let seen = await tail.end(within: .seconds(5)).output
                #expect(!seen.contains("hogsend"))
                let list = try await stage.client.run("events", "list", "--json")
                #expect(list.document?["total"] == 1)
            }
        }

        @Test func `no-verify sends nothing round`() async throws {
            try await Stage.set { stage in
                let ended = try await stage.client.connect("--json", "--no-verify")
                #expect(
                    ended.document?["loop"] == ["attempted": false, "skipped": "no_verify_flag"])
                #expect(ended.document?["verdict"] == "connected")
                #expect(
                    stage.posthog.journal.allSatisfy { !$0.path.hasSuffix("/invocations/") })
            }
        }

        private static func lost(_ ended: Program.Ended) -> String? {
            #expect(ended.status == 0 && ended.document?["verdict"] == "connected")
            #expect(ended.document?["provision"]?["ok"] == true)
            #expect(ended.document?["loop"]?["ok"] == false)
            #expect(ended.document?["loop"]?["hint"]?.string?.isEmpty == false)
            return ended.document?["loop"]?["lost"]?.string
        }

        @Test func `a lost one is a warning that says where, and connect still succeeds`()
            async throws
        {
            try await Stage.set { stage in
                stage.posthog.switches.hosts = [:]
                let first = try await stage.client.connect("--json")
                #expect(Self.lost(first) == "address_not_allowed")
                #expect(first.errors.contains("warning: the loop is set up, but a test event got"))
                let words = ["connect", "posthog", "--provision-only"]
                stage.posthog.switches.hosts = ["hogsend.example:80": "127.0.0.1:1"]
                let dead = try await stage.client.program(words + ["--json"]).run()
                #expect(Self.lost(dead) == "unreachable")
                stage.posthog.switches.invocationRefusal = 500
                let refused = try await stage.client.program(words + ["--json"]).run()
                #expect(Self.lost(refused) == "service_refused")
                let people = try await stage.client.program(words).run()
                #expect(people.output.contains("/v1/admin/providers/posthog/verify failed\n"))
                #expect(people.output.contains("hint: ") && people.status == 0)
            }
        }

        @Test func `an address that leads elsewhere is told by what it answers`() async throws {
            try await Stage.set { stage in
                let statuses = Locked([302, 401, 200])
                let server = try MicroHTTPServer(on: [ListeningSocket(.loopbackIPv4, port: 0)]) {
                    _ in HTTPResponse(status: statuses.withLock { $0.removeFirst() })
                }
                stage.posthog.switches.hosts = [
                    "hogsend.example:80": "127.0.0.1:\(server.ports[0])"
                ]
                #expect(Self.lost(try await stage.client.connect("--json")) == "redirected")
                for place in ["address_refused", "never_arrived"] {
                    let ended = try await stage.client.run(
                        "connect", "posthog", "--provision-only", "--json")
                    #expect(Self.lost(ended) == place)
                }
                await server.stop()
            }
        }

        @Test func `another webhook secret on the way is told from a dead address`() async throws {
            try await Stage.set { stage in
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                let other = try await RunningInstance(
                    [
                        "POSTHOG_WEBHOOK_SECRET": "another-secret-0123456789",
                        "DATABASE_URL": "sqlite:\(stage.client.folder.path)/data/hogsend.db",
                    ], folder: folder)
                let first = try await stage.client.connect("--json")
                #expect(first.document?["loop"]?["ok"] == true)
                let client = StageClient(
                    url: other.url, folder: stage.client.folder, posthog: stage.posthog)
                // The destination gets the other's secret, and the event goes to the first.
                let ended = try await client.run(
                    "connect", "posthog", "--provision-only", "--json")
                #expect(Self.lost(ended) == "address_refused")
                #expect(ended.document?["loop"]?["error"]?.string?.contains("401") == true)
                // What is delivered to another process on the same database has arrived.
                stage.posthog.switches.hosts = ["hogsend.example:80": "127.0.0.1:\(other.port)"]
                let back = try await client.run("connect", "posthog", "--provision-only", "--json")
                #expect(back.document?["loop"]?["ok"] == true)
                #expect(await other.stop().status == 0)
            }
        }

        /// Passes on what it is sent, but for one header.
        private static func proxy(to url: String) throws -> MicroHTTPServer {
            try MicroHTTPServer(on: [ListeningSocket(.loopbackIPv4, port: 0)]) { request in
                guard let address = URL(string: url + request.path) else {
                    return HTTPResponse(status: 502)
                }
                let passed = HTTPRequest(
                    request.method, address, headers: ["Content-Type": "application/json"],
                    body: request.body)
                return (try? await CurlClient().send(passed)) ?? HTTPResponse(status: 502)
            }
        }

        @Test func `a proxy that drops the secret is told from one that asks for a password`()
            async throws
        {
            try await Stage.set { stage in
                let proxy = try Self.proxy(to: stage.instance.url)
                stage.posthog.switches.hosts = ["hogsend.example:80": "127.0.0.1:\(proxy.ports[0])"]
                #expect(Self.lost(try await stage.client.connect("--json")) == "wrong_secret")
                await proxy.stop()
            }
        }

        @Test func `an instance that dies meanwhile leaves nothing that hinders the next run`()
            async throws
        {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json", "--no-verify")
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                let second = try await RunningInstance(
                    ["DATABASE_URL": "sqlite:\(stage.client.folder.path)/data/hogsend.db"],
                    folder: folder)
                stage.posthog.switches.deliveryDelay = 2
                let client = StageClient(
                    url: second.url, folder: stage.client.folder, posthog: stage.posthog)
                let running = try client.program(
                    ["connect", "posthog", "--provision-only", "--json"]
                ).start()
                try await running.wait { _ in
                    stage.posthog.journal.contains { $0.path.hasSuffix("/invocations/") }
                        ? () : nil
                }
                second.program.signal(SIGKILL)
                #expect(Self.lost(await running.end(within: .seconds(10))) == "instance_failed")
                stage.posthog.switches.deliveryDelay = 0
                let next = try await stage.client.run(
                    "connect", "posthog", "--provision-only", "--json")
                #expect(next.document?["loop"]?["ok"] == true)
                let list = try await stage.client.run("events", "list", "--json")
                #expect(list.document?["total"] == 0)
            }
        }
    }
}
