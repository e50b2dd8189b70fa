import Engine
import Foundation
import SimulatedService
import Testing

extension BinaryTests {
    @Suite("the command line") struct CommandLineTests {
        private func run(
            _ words: [String], _ environment: [String: String] = [:], input: String = ""
        )
            async throws -> Program.Ended
        {
            try await Program(
                name: "hogsend", arguments: words,
                environment: environment.merging(["https_proxy": StageClient.closedProxy]) { $1 },
                input: input
            ).run()
        }

        @Test(arguments: [
            ["connect"], ["connect", "posthog", "extra"], ["frobnicate"], ["credentials"],
            ["credentials", "show"], ["connect", "posthog", "--frobnicate"],
            ["connect", "posthog", "--provision-only", "--no-provision"],
            ["connect", "posthog", "--provision-only", "--posthog-host", "https://eu.posthog.com"],
            ["connect", "posthog", "--plan", "--no-provision"],
            ["connect", "posthog", "--plan", "--host", "https://eu.posthog.com"],
            ["connect", "posthog", "--plan", "--no-browser"],
            ["connect", "posthog", "--plan", "--timeout", "5s"],
            ["connect", "posthog", "--merge", "--no-provision"],
            ["disconnect"], ["disconnect", "posthog"], ["disconnect", "posthog", "--json"],
            ["disconnect", "posthog", "--yes", "--no-browser"],
            ["connect", "posthog", "--undo", "--merge"],
            ["connect", "posthog", "--undo", "--provision-only"],
            ["connect", "posthog", "--undo", "--project", "7"],
            ["connect", "posthog", "--undo", "--no-browser"],
            ["connect", "posthog", "--rotate-secret", "--plan"],
            ["connect", "posthog", "--rotate-secret", "--undo"],
            ["connect", "posthog", "--rotate-secret", "--no-provision"],
            ["connect", "posthog", "--rotate-secret", "--timeout", "5m"],
            ["connect", "posthog", "--rotate-secret", "--grace", "25h"],
            ["connect", "posthog", "--rotate-secret", "--grace", "soon"],
            ["connect", "posthog", "--grace", "5m"],
            ["connect", "posthog", "--posthog-host", "http://posthog.example"],
            ["connect", "posthog", "--posthog-host", "ftp://eu.posthog.com"],
            ["connect", "posthog", "--posthog-host"], ["connect", "posthog", "--timeout", "0s"],
            ["connect", "posthog", "--timeout", "5"], ["doctor", "--url", "nonsense"],
            ["doctor", "--url", "http://a", "--url", "http://b"], ["doctor", "--json=yes"],
            ["connect", "stripe", "--no-browser"], ["connect", "discord", "--timeout", "5m"],
            ["connect", "stripe", "--rotate-secret"], ["connect", "discord", "--rotate-secret"],
            ["connect", "stripe", "--grace", "5m"], ["connect", "stripe", "--client-id", "x"],
            ["connect", "posthog", "--key-file", "x"],
            ["serve", "--no-browser"], ["events", "list", "--limit", "501"],
        ])
        func `a line that cannot be understood ends with 2 and says so on stderr`(
            words: [String]
        ) async throws {
            for more in [[], ["--json"]] where !words.contains("--json=yes") || more.isEmpty {
                let ended = try await run(words + more)
                #expect(ended.status == 2)
                #expect(ended.output == "")
                #expect(ended.errors.hasPrefix("error: "))
                #expect(ended.errors.contains("usage: "))
            }
        }

        @Test func `help and version need no instance`() async throws {
            let version = try await run(["--version"])
            #expect(version.output.hasPrefix("hogsend "))
            let help = try await run(["connect", "posthog", "--help"])
            #expect(help.output.contains("--posthog-host") && help.output.contains("--timeout"))
            for flag in ["--plan", "--merge", "--undo", "--rotate-secret"] {
                #expect(help.output.contains(flag))
            }
            #expect(try await run([]).output.contains("credentials show <provider>"))
            #expect(version.status == 0 && help.status == 0)
        }

        @Test func `providers list needs no instance`() async throws {
            let ended = try await run(["providers", "list", "--json"])
            let first = ended.document?["providers"]?.array?.first
            #expect(first?["id"] == "posthog")
            #expect(first?["scopes"]?.array?.count == 13)
        }

        @Test func `providers check holds a provider to its contract, without an instance`()
            async throws
        {
            let ended = try await run(["providers", "check", "posthog", "--json"])
            let document = try #require(ended.document)
            #expect(ended.status == 0 && document["verdict"] == "contract_kept")
            #expect((document["counts"]?["passed"]?.integer ?? 0) > 100)
            #expect(document["checks"]?.array?.allSatisfy { $0["id"]?.string != nil } == true)
            let unknown = try await run(["providers", "check", "nobody", "--json"])
            #expect(unknown.status == 1 && unknown.document?["verdict"] == "unknown_provider")
        }

        @Test func `no key for a remote address is refused before anything is sent`() async throws {
            let ended = try await run(["doctor", "--json", "--url", "http://192.0.2.1"])
            #expect(ended.document?["verdict"] == "unauthorized")
            #expect(ended.status == 1)
        }

        @Test func `plain http to another machine is warned about by every command`() async throws {
            // The proxy is a closed port, so that nothing leaves this machine.
            let free = try ListeningSocket(.loopbackIPv4, port: 0)
            free.closeUnused()
            let variables = [
                "HOGSEND_ADMIN_KEY": "k", "http_proxy": "http://127.0.0.1:\(free.port)",
            ]
            for words in [["doctor"], ["credentials", "list"], ["connect", "posthog"]] {
                let ended = try await run(words + ["--url", "http://hogsend.example"], variables)
                #expect(ended.status == 1)
                #expect(ended.errors.contains("warning: http://hogsend.example is plain http"))
            }
        }

        @Test func `a credential of a provider that the instance does not know is to be deleted`()
            async throws
        {
            let instance = try SimulatedService(0) { _, request in
                switch request.path {
                case "/v1/health": .json(["status": "healthy"])
                case "/v1/admin/provider-credentials":
                    .json([
                        "credentials": [
                            ["providerId": "stripe", "kind": "api_key", "scopes": []]
                        ]
                    ])
                default: .json(404, ["error": "not_found"])
                }
            }
            let words = ["doctor", "--url", instance.origin.absoluteString, "--json"]
            let doctor = try await run(words, ["HOGSEND_ADMIN_KEY": Stage.adminKey])
            await instance.stop()
            #expect(doctor.status == 3, "\(doctor.output)\(doctor.errors)")
            let checks = doctor.document?["checks"]?.array ?? []
            let stripe = checks.filter { $0["id"]?.string?.hasPrefix("stripe.") == true }
            #expect(stripe.count == 1 && stripe.first?["status"] == "attention")
            #expect(stripe.first?["hint"]?.string?.contains("credentials delete stripe") == true)
            #expect(checks.contains { $0["id"] == "discord.credential" && $0["status"] == "ok" })
        }

        @Test(arguments: ["events", "connect", "doctor"])
        func `a provider that is called as a command is refused`(id: String) async throws {
            let program = Program(
                name: "acme-hogsend", arguments: ["providers", "list"],
                environment: ["ACME_HOGSEND_ALSO": id])
            let ended = try await program.run()
            #expect(ended.status == 1 && ended.output == "")
            #expect(ended.errors.contains("the provider id '\(id)' is a command"))
        }

        @Test func `help and version are one document under --json`() async throws {
            let version = try await run(["--version", "--json"])
            #expect(version.document?["version"]?.string?.hasPrefix("hogsend ") == true)
            let help = try await run(["doctor", "--help", "--json"])
            #expect(help.document?["help"]?.string?.contains("usage: hogsend doctor") == true)
        }

        @Test func `a comment in .env is no value, and the last of two lines counts`() async throws
        {
            try await Stage.set { stage in
                let file = URL(fileURLWithPath: "\(stage.client.folder.path)/.env")
                let lines = [
                    "HOGSEND_ADMIN_KEY=   # the instance's key", "# HOGSEND_ADMIN_KEY=commented",
                    "export HOGSEND_API_URL='http://127.0.0.1:1' # first",
                    "HOGSEND_API_URL=\(stage.instance.url)",
                ]
                try Data(("\u{FEFF}" + lines.joined(separator: "\n")).utf8).write(to: file)
                let program = Program(
                    name: "hogsend", arguments: ["credentials", "list", "--json"],
                    environment: ["HOME": "/nowhere"], folder: stage.client.folder.path)
                let refused = try await program.run()
                #expect(refused.document?["verdict"] == "unauthorized")
                #expect(refused.document?["error"]?.string?.contains(stage.instance.url) == true)
                try Data([0x41, 0x3D, 0xFF]).write(to: file)
                let broken = try await program.run()
                #expect(broken.document?["verdict"] == "invalid_configuration")
            }
        }

        @Test func `waiting for a key on stdin can be interrupted`() async throws {
            let running = try Program(
                name: "hogsend", arguments: ["doctor", "--json", "--admin-key-file", "-"],
                input: nil
            ).start()
            try await Task.sleep(for: .milliseconds(300))
            running.signal(SIGINT)
            let ended = await running.end(within: .seconds(5))
            #expect(ended.status == 130)
            #expect(ended.document?["verdict"] == "interrupted")
        }

        @Test func `an admin key on the command line does not stay in the process list`()
            async throws
        {
            // A listener that never answers keeps the program waiting while it is looked at.
            let silent = try ListeningSocket(.loopbackIPv4, port: 0)
            defer { silent.closeUnused() }
            for form in [["--admin-key", "s3cret-key"], ["--admin-key=s3cret-key"]] {
                let running = try Program(
                    name: "hogsend",
                    arguments: ["doctor", "--url", "http://127.0.0.1:\(silent.port)"] + form
                ).start()
                let path = "/proc/\(running.identifier)/cmdline"
                try await running.wait { _ in
                    let line = FileManager.default.contents(atPath: path) ?? Data()
                    return String(decoding: line, as: UTF8.self).contains("--admin-key\u{0}xxx")
                        || String(decoding: line, as: UTF8.self).contains("--admin-key=xxx")
                        ? () : nil
                }
                let line = FileManager.default.contents(atPath: path) ?? Data()
                #expect(!String(decoding: line, as: UTF8.self).contains("s3cret"))
                running.signal(SIGKILL)
                _ = await running.end(within: .seconds(5))
            }
        }

        @Test func `an admin key comes from a file or from stdin`() async throws {
            try await Stage.set { stage in
                let path = "\(stage.client.folder.path)/key"
                try Data("\(Stage.adminKey)\n".utf8).write(to: URL(fileURLWithPath: path))
                let url = ["--url", stage.instance.url]
                let fromFile = try await run(["doctor", "--admin-key-file", path, "--json"] + url)
                #expect(fromFile.document?["checks"]?.array?.isEmpty == false)
                let fromInput = try await run(
                    ["doctor", "--admin-key-file", "-", "--json"] + url, input: Stage.adminKey)
                #expect(fromInput.document?["checks"]?.array?.isEmpty == false)
            }
        }

        @Test func `a key and an address of which one comes from .env are warned about`()
            async throws
        {
            try await Stage.set { stage in
                let file = URL(fileURLWithPath: "\(stage.client.folder.path)/.env")
                try Data("HOGSEND_ADMIN_KEY=\"\(Stage.adminKey)\" # mine\n".utf8).write(to: file)
                var client = stage.client
                client.adminKey = nil
                let mixed = try await client.run("credentials", "list")
                #expect(mixed.status == 0)
                #expect(mixed.errors.contains("warning: the admin key comes from .env"))
                try Data("HOGSEND_API_URL=\(stage.instance.url)".utf8).write(to: file)
                let reversed = try await Program(
                    name: "hogsend", arguments: ["credentials", "list"],
                    environment: ["HOGSEND_ADMIN_KEY": Stage.adminKey], folder: client.folder.path
                ).run()
                #expect(reversed.errors.contains("warning: the instance's address comes from .env"))
            }
        }

        @Test func `credentials are listed, shown and deleted without a token`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json", "--no-provision")
                let list = try await stage.client.run("credentials", "list", "--json")
                let stored = list.document?["credentials"]?.array?.filter {
                    $0["status"] != "not_connected"
                }
                #expect(stored?.count == 1)
                let show = try await stage.client.run("credentials", "show", "posthog", "--json")
                #expect(show.document?["credential"]?["kind"] == "oauth")
                for ended in [list, show] { #expect(!ended.output.contains("pha_")) }
                let gone = try await stage.client.run("credentials", "delete", "posthog", "--json")
                #expect(gone.document?["deleted"] == true)
                let again = try await stage.client.run("credentials", "delete", "posthog", "--json")
                #expect(again.status == 1)
                #expect(again.document?["verdict"] == "no_credential")
            }
        }

        @Test func `doctor asks for a credential, and is content once all is there`() async throws {
            try await Stage.set { stage in
                let before = try await stage.client.run("doctor", "--json")
                #expect(before.status == 3)
                #expect(before.document?["ok"] == false)
                _ = try await stage.client.connect("--json")
                let after = try await stage.client.run("doctor", "--json")
                #expect(after.status == 0, "\(after.output)")
                #expect(after.document?["verdict"] == "healthy")
            }
        }
    }
}
