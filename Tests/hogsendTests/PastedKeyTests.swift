import AcmeProviders
import Engine
import Foundation
import Testing

extension BinaryTests {
    @Suite("Pasted keys") struct PastedKeyTests {
        @Test func `the whole life, from a file to nothing`() async throws {
            try await AcmeStage.set { stage in
                try await connect(stage)
                try await look(stage)
                #expect(await stage.keyed.deliver(AcmeStage.event("1")) == 200)
                #expect(
                    await stage.keyed.deliver(AcmeStage.event("2"), signedWith: "another") == 401)
                let again = try await stage.run(
                    "connect", "keyed-acme", "--provision-only", "--json")
                #expect(again.status == 0 && again.document?["verdict"] == "connected")
                try await leave(stage)
            }
        }

        private func connect(_ stage: AcmeStage) async throws {
            let connected = try await stage.run(
                "connect", "keyed-acme", "--host", stage.keyedURL, "--key-file",
                try stage.keyFile(), "--json")
            #expect(connected.status == 0, "\(connected.output)\(connected.errors)")
            #expect(connected.document?["verdict"] == "connected" && connected.errors == "")
            #expect(connected.document?["credential"]?["kind"] == "api_key")
            #expect(connected.document?["keyed-acme"]?["account"] == "4711")
            #expect(connected.document?["loop"]?["ok"] == true)
            #expect(stage.keyed.state.withLock { $0.pings } == [200])
        }

        private func look(_ stage: AcmeStage) async throws {
            let shown = try await stage.run("credentials", "show", "keyed-acme")
            #expect(
                shown.output.contains("kind: api_key") && shown.output.contains("account: 4711"))
            #expect(shown.output.contains("plan: pro") && shown.output.contains("mode: live"))
            let listed = try await stage.run("credentials", "list", "--json")
            #expect(listed.document?["credentials"]?.array?.first?["kind"] == "api_key")
            let doctor = try await stage.run("doctor")
            #expect(doctor.output.contains("ok    keyed-acme.credential: a pasted key is stored"))
            #expect(doctor.output.contains("ok    keyed-acme.webhook"))
            #expect(!doctor.output.contains("keyed-acme.expiry"))
            #expect(!doctor.output.contains("look  keyed-acme"), "\(doctor.output)")
            let renewed = try await stage.run("credentials", "refresh", "keyed-acme")
            #expect(renewed.status == 1 && renewed.errors.contains("a pasted key is not renewed"))
        }

        private func leave(_ stage: AcmeStage) async throws {
            let left = try await stage.run("disconnect", "keyed-acme", "--yes")
            #expect(left.status == 0, "\(left.output)\(left.errors)")
            #expect(
                left.output.contains(
                    "the pasted key still exists at Keyed Acme; delete it there, at \(KeyedAcme.page)"
                ))
            #expect(stage.keyed.state.withLock { $0.hook == nil })
            #expect(await stage.keyed.deliver(AcmeStage.event("3")) == 401)
            let again = try await stage.run("disconnect", "keyed-acme", "--yes", "--json")
            #expect(again.document?["verdict"] == "nothing_to_disconnect")
        }

        @Test func `keys come from stdin as well`() async throws {
            try await AcmeStage.set { stage in
                let json =
                    #"{"apiKey":"\#(AcmeStage.apiKey)","account":"4711","signingKey":"\#(AcmeStage.signingKey)"}"#
                let connected = try await stage.run(
                    "connect", "keyed-acme", "--host", stage.keyedURL, "--key-file", "-",
                    "--no-provision", input: json)
                #expect(connected.status == 0, "\(connected.errors)")
            }
        }

        @Test func `what does not work has a verdict, and stores nothing`() async throws {
            try await AcmeStage.set { stage in
                let path = try stage.keyFile()
                let at = ["connect", "keyed-acme", "--host", stage.keyedURL, "--json"]
                let missing = try await stage.program(at).run()
                #expect(missing.status == 1 && missing.document?["verdict"] == "key_missing")
                let nowhere = try await stage.program(at + ["--key-file", "/nowhere"]).run()
                #expect(nowhere.document?["verdict"] == "key_missing")
                let folder = try await stage.program(at + ["--key-file", "/tmp"]).run()
                #expect(folder.document?["verdict"] == "key_missing")
                let large = try stage.keyFile(String(repeating: "x", count: 70 << 10))
                let tooLarge = try await stage.program(at + ["--key-file", large]).run()
                #expect(tooLarge.document?["verdict"] == "key_missing")
                _ = try stage.keyFile(
                    "apiKey=short\naccount=4711\nsigningKey=\(AcmeStage.signingKey)")
                let invalid = try await stage.program(at + ["--key-file", path]).run()
                #expect(invalid.document?["verdict"] == "key_invalid")
                #expect(invalid.document?["credential"] == ["stored": false])
                #expect(stage.keyed.lines == [])
                _ = try stage.keyFile()
                stage.keyed.state.withLock { $0.admission.value = "Key another" }
                let refused = try await stage.run(
                    "connect", "keyed-acme", "--host", stage.keyedURL, "--key-file", path)
                #expect(refused.status == 1 && refused.errors.contains("does not take the key"))
                let unreachable = try await stage.program(
                    [
                        "connect", "keyed-acme", "--host", "http://127.0.0.1:1", "--key-file", path,
                        "--json",
                    ]
                ).run()
                #expect(unreachable.document?["verdict"] == "key_check_failed")
                let listed = try await stage.run("credentials", "show", "keyed-acme", "--json")
                #expect(listed.document?["verdict"] == "no_credential")
            }
        }

        @Test func `a key in place of a file's path is not shown`() async throws {
            try await AcmeStage.set { stage in
                for key in [AcmeStage.apiKey, "./\(AcmeStage.signingKey)"] {
                    let ended = try await stage.run(
                        "connect", "keyed-acme", "--host", stage.keyedURL, "--key-file", key)
                    #expect(ended.status == 1 && ended.errors.contains("--key-file names"))
                }
            }
        }

        @Test func `a key of the environment's is known to be in use`() async throws {
            let variables = [
                "KEYED_ACME_HOST": "http://127.0.0.1:1", "KEYED_ACME_API_KEY": AcmeStage.apiKey,
            ]
            try await AcmeStage.set(variables) { stage in
                let doctor = try await stage.run("doctor", "--json")
                let found = doctor.document?["checks"]?.array?
                    .first { $0["id"] == "keyed-acme.credential" }
                #expect(found?["status"] == "ok", "\(doctor.output)")
            }
        }

        @Test func `an environment's secret that overrules the pasted one is named`() async throws {
            let other = String(repeating: "ab", count: 16)
            try await AcmeStage.set(["KEYED_ACME_SIGNING_KEY": other]) { stage in
                let connected = try await stage.run(
                    "connect", "keyed-acme", "--host", stage.keyedURL, "--no-provision",
                    "--key-file", try stage.keyFile())
                #expect(connected.status == 0, "\(connected.errors)")
                let sentence = "KEYED_ACME_SIGNING_KEY of the instance is another value"
                #expect(connected.output.contains("note: \(sentence)"), "\(connected.output)")
                let doctor = try await stage.run("doctor")
                #expect(doctor.status == 3)
                #expect(doctor.output.contains("look  keyed-acme.webhook: \(sentence)"))
                #expect(doctor.output.contains("hint: unset KEYED_ACME_SIGNING_KEY"))
            }
        }

        @Test func `a file that others may read is warned about`() async throws {
            try await AcmeStage.set { stage in
                let connected = try await stage.run(
                    "connect", "keyed-acme", "--host", stage.keyedURL, "--no-provision",
                    "--key-file", try stage.keyFile(mode: 0o644))
                #expect(connected.status == 0)
                #expect(connected.errors.contains("can be read by others on this machine"))
            }
        }

        @Test(arguments: [
            ["device-acme", "--key-file", "x"],
            ["keyed-acme", "--key-file", "x", "--provision-only"],
            ["keyed-acme", "--key-file", "x", "--plan"],
            ["keyed-acme", "--key-file", "-", "--admin-key-file", "-"],
            ["keyed-acme", "--key-file"],
        ])
        func `a line on which it means nothing ends with 2`(words: [String]) async throws {
            let program = Program(name: "acme-hogsend", arguments: ["connect"] + words)
            #expect(try await program.run().status == 2)
        }

        // MARK: On a terminal

        private func terminal(_ stage: AcmeStage, isLookedAfter: Bool = false) throws -> Terminal {
            try Terminal(
                stage.program(
                    ["connect", "keyed-acme", "--host", stage.keyedURL, "--no-provision"]),
                isLookedAfter: isLookedAfter)
        }

        @Test func `secrets are typed unseen, the rest is seen`() async throws {
            try await AcmeStage.set { stage in
                let terminal = try terminal(stage)
                try await terminal.wait(for: "Paste the API key (it is not shown): ")
                #expect(!terminal.isEchoing)
                terminal.type("\(AcmeStage.apiKey)\n")
                try await terminal.wait(for: "Paste the account number: ")
                #expect(terminal.isEchoing)
                terminal.type("4711\n")
                try await terminal.wait(for: "Paste the signing key (it is not shown): ")
                terminal.type("wrong\n")
                try await terminal.wait(for: "must have 32 characters")
                terminal.type("\(AcmeStage.signingKey)\n")
                try await terminal.wait(for: "keyed-acme connected")
                #expect(await terminal.end() == 0)
                #expect(terminal.isEchoing)
                #expect(terminal.screen.contains("4711"))
                #expect(!AcmeStage.isLeaking(terminal.screen))
                #expect(!terminal.screen.contains("wrong"))
            }
        }

        @Test func `what was pasted beyond the answers is not left to the shell`() async throws {
            try await AcmeStage.set { stage in
                let terminal = try terminal(stage, isLookedAfter: true)
                try await terminal.wait(for: "Paste the API key (it is not shown): ")
                terminal.type(
                    "\(AcmeStage.apiKey)\n4711\n\(AcmeStage.signingKey)\necho hunter2\n")
                try await terminal.wait(for: "keyed-acme connected")
                #expect(await terminal.end() == 0)
                #expect(terminal.unread == 0)
            }
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGQUIT, SIGHUP])
        func `the echo comes back after a signal`(number: Int32) async throws {
            try await AcmeStage.set { stage in
                let terminal = try terminal(stage)
                try await terminal.wait(for: "(it is not shown): ")
                #expect(!terminal.isEchoing)
                terminal.signal(number)
                let status = await terminal.end(within: .seconds(5))
                #expect(terminal.isEchoing)
                if [SIGINT, SIGTERM].contains(number) { #expect(status == 130) }
            }
        }

        @Test func `the end of input gives up`() async throws {
            try await AcmeStage.set { stage in
                let terminal = try terminal(stage)
                try await terminal.wait(for: "(it is not shown): ")
                terminal.type("\u{04}")
                #expect(await terminal.end(within: .seconds(5)) == 130)
                #expect(terminal.isEchoing)
            }
        }
    }
}
