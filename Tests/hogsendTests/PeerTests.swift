import Engine
import Foundation
import Testing

extension BinaryTests {
    /// django-oauth-toolkit, the library that PostHog builds on; `Scripts/test` sets it up.
    @Suite("an authorization server that others wrote") struct PeerTests {
        private static let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path
        private static let peer = "\(root)/Tests/Peers/django-oauth-toolkit"
        private static let python = "\(root)/.build-peers/django-oauth-toolkit/bin/python"

        /// Starts the server, and an instance, and ends both.
        private func visit(
            _ flags: [String] = [], _ body: (StageClient, _ origin: String) async throws -> Void
        ) async throws {
            try await Stage.set { stage in
                let server = try Program(
                    name: Self.python,
                    arguments: ["\(Self.peer)/server.py", "--exit-with-stdin"] + flags, input: nil
                ).start()
                let origin = try await server.wait { program in
                    program.output.split(separator: "\n").first.map {
                        String($0.replacing("listening ", with: ""))
                    }
                }
                do {
                    try await body(stage.client, origin)
                } catch {
                    server.closeInput()
                    throw error
                }
                server.closeInput()
                #expect(await server.end(within: .seconds(5)).status == 0)
            }
        }

        private func connect(
            _ client: StageClient, _ origin: String, consent: String = "allow"
        ) async throws -> Program.Ended {
            var client = client
            client.environment["CONSENT"] = consent
            return try await client.program(
                [
                    "connect", "posthog", "--no-provision", "--json", "--posthog-host", origin,
                    "--timeout", "20s",
                ], browser: "\(Self.python) \(Self.peer)/browser.py"
            ).run()
        }

        @Test func `it is logged in to, with PKCE, state and iss`() async throws {
            try await visit { client, origin in
                let ended = try await connect(client, origin)
                #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
                #expect(ended.document?["verdict"] == "connected_no_provision")
                #expect(ended.document?["posthog"]?["issuer"] == .string(origin))
                let shown = try await client.run("credentials", "show", "posthog", "--json")
                #expect(shown.document?["credential"]?["scopes"]?.array?.count == 13)
            }
        }

        @Test func `its denial, which lacks iss, ends the login`() async throws {
            try await visit { client, origin in
                let ended = try await connect(client, origin, consent: "deny")
                #expect(ended.document?["verdict"] == "consent_denied")
            }
        }

        @Test func `its natural mix-up of issuers is refused before the code is sent`() async throws
        {
            try await visit(["--issuer-mismatch"]) { client, origin in
                let ended = try await connect(client, origin)
                #expect(ended.document?["verdict"] == "issuer_mismatch")
            }
        }
    }
}
