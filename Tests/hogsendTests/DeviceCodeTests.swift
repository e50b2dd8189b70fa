import AcmeProviders
import Engine
import Foundation
import ProviderKit
import Testing

extension BinaryTests {
    @Suite("A device code") struct DeviceCodeTests {
        private func connect(_ stage: AcmeStage, _ words: [String]) throws -> RunningProgram {
            try stage.program(
                ["connect", "device-acme", "--host", stage.server.origin.absoluteString] + words
            ).start()
        }

        private func enter(_ code: String, _ stage: AcmeStage) async throws {
            let url = try #require(
                URL(string: "\(stage.server.origin)/device?user_code=\(code)"))
            _ = try await CurlClient().send(HTTPRequest("GET", url))
        }

        private static func code(in text: String) -> String? {
            text.split(separator: "\n").first { $0.hasPrefix("WDJB-") }.map(String.init)
        }

        @Test func `it is shown with its address, entered elsewhere, and lives like any grant`()
            async throws
        {
            try await AcmeStage.set { stage in
                stage.server.script.awaitsUserCode = true
                stage.server.script.token = [.changing(["api": .string(stage.deviceURL)])]
                stage.device.state.withLock { $0.admission.value = "Bearer access-2" }
                let login = try connect(stage, ["--json"])
                let code = try await login.wait { Self.code(in: $0.errors) }
                #expect(login.errors.contains("\n\(stage.server.origin)/device\n"))
                #expect(login.errors.contains("with one that somebody sent you"))
                #expect(login.output == "")
                try await enter(code, stage)
                let ended = await login.end(within: .seconds(20))
                #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
                #expect(ended.document?["credential"]?["stored"] == true)
                #expect(ended.document?["verdict"] == "connected")
                #expect(ended.document?["loop"]?["ok"] == true, "\(ended.output)")
                #expect(ended.document?["credential"]?["kind"] == nil)
                #expect(!AcmeStage.isLeaking(ended.output + ended.errors))
                try await live(stage)
            }
        }

        private func live(_ stage: AcmeStage) async throws {
            let shown = try await stage.run("credentials", "show", "device-acme", "--json")
            let credential = shown.document?["credential"]
            #expect(credential?["kind"] == "oauth" && credential?["status"] == "ok")
            #expect(credential?["scopes"] == ["workspaces:read", "hooks:write"])
            let renewed = try await stage.run("credentials", "refresh", "device-acme", "--json")
            #expect(renewed.document?["verdict"] == "refreshed", "\(renewed.errors)")
            stage.device.state.withLock { $0.admission.value = "Bearer access-3" }
            #expect(await stage.device.deliver(AcmeStage.event("1")) == 200)
            let doctor = try await stage.run("doctor")
            #expect(doctor.output.contains("ok    device-acme.scopes"))
            #expect(!doctor.output.contains("look  device-acme"), "\(doctor.output)")
            let left = try await stage.run("disconnect", "device-acme", "--yes", "--json")
            #expect(left.status == 0, "\(left.output)")
            #expect(stage.device.state.withLock { $0.hook == nil })
            #expect(stage.server.requests(to: "/revoke").count == 2)
        }

        @Test func `people see it on stdout, and a denial ends it`() async throws {
            try await AcmeStage.set { stage in
                stage.server.script.token = [
                    .error("authorization_pending"), .error("access_denied"),
                ]
                let login = try connect(stage, [])
                let ended = await login.end(within: .seconds(20))
                #expect(ended.status == 1 && Self.code(in: ended.output) != nil)
                #expect(ended.errors.contains("the consent was declined"))
            }
        }

        @Test func `Ctrl-C ends the wait and stores nothing`() async throws {
            try await AcmeStage.set { stage in
                stage.server.script.awaitsUserCode = true
                let login = try connect(stage, ["--json"])
                _ = try await login.wait { Self.code(in: $0.errors) }
                login.signal(SIGINT)
                let ended = await login.end(within: .seconds(5))
                #expect(ended.status == 130 && ended.document?["verdict"] == "interrupted")
                #expect(ended.document?["credential"] == ["stored": false])
            }
        }

        @Test func `a patience that ends is callback_timeout`() async throws {
            try await AcmeStage.set { stage in
                stage.server.script.awaitsUserCode = true
                let login = try connect(stage, ["--json", "--timeout", "2s"])
                let ended = await login.end(within: .seconds(10))
                #expect(ended.status == 1 && ended.document?["verdict"] == "callback_timeout")
            }
        }
    }
}
