import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    /// The published table, row by row, on the built program.
    @Suite("every refusal has a code, a status, a hint and one document")
    struct RefusalTests {
        private func expect(
            _ verdict: String, hint: String, _ ended: Program.Ended, status: Int32 = 1,
            _ place: SourceLocation = #_sourceLocation
        ) {
            let document = ended.document
            #expect(document?["ok"] == false, "one document", sourceLocation: place)
            #expect(document?["verdict"] == .string(verdict), sourceLocation: place)
            #expect(document?["error"]?.string?.isEmpty == false, sourceLocation: place)
            let found = document?["hint"]?.string ?? ""
            #expect(found.contains(hint), "hint: \(found)", sourceLocation: place)
            #expect(ended.status == status, sourceLocation: place)
        }

        @Test func `api_public_url_unreachable names the deployed instance`() async throws {
            try await Stage.set(["API_PUBLIC_URL": "http://localhost:3002"]) { stage in
                _ = try await stage.client.connect("--json")
                let ended = try await stage.client.run(
                    "connect", "posthog", "--provision-only", "--json")
                expect("api_public_url_unreachable", hint: "--provision-only", ended)
                #expect(stage.posthog.journal.allSatisfy { !$0.path.hasPrefix("/api/") })
            }
        }

        @Test func `no_credential sends to the full run`() async throws {
            try await Stage.set { stage in
                let ended = try await stage.client.run(
                    "connect", "posthog", "--provision-only", "--json")
                expect("no_credential", hint: "run `hogsend connect posthog`", ended)
            }
        }

        @Test func `not_configured names the flag`() async throws {
            try await Stage.set { stage in
                let ended = try await stage.client.run("connect", "posthog", "--json")
                expect("not_configured", hint: "--posthog-host https://eu.posthog.com", ended)
            }
        }

        @Test(arguments: [
            ServerFault.discovery404, .discoveryHTML, .discoveryRedirect,
        ])
        func `oauth_unsupported points to the personal key`(fault: ServerFault) async throws {
            try await Stage.set { stage in
                stage.posthog.add(fault)
                let ended = try await stage.client.connect("--json")
                expect("oauth_unsupported", hint: "POSTHOG_PERSONAL_API_KEY", ended)
            }
        }

        @Test func `port_unavailable names the ports`() async throws {
            try await Stage.set { stage in
                let sockets = try (8423...8425).map {
                    try ListeningSocket(.loopbackIPv4, port: UInt16($0))
                }
                defer { for socket in sockets { socket.closeUnused() } }
                let ended = try await stage.client.connect("--json")
                expect("port_unavailable", hint: "free one", ended)
                #expect(ended.document?["error"]?.string?.contains("8423–8425") == true)
            }
        }

        @Test(arguments: [
            (Consent.deny, "consent_denied"), (.wrongState, "state_mismatch"),
            (.ignore, "callback_timeout"), (.jsonError, "callback_timeout"),
            (.error("server_error"), "authorization_failed"),
        ])
        func `a consent that is not given says so`(consent: Consent, verdict: String) async throws {
            try await Stage.set { stage in
                stage.posthog.switches.consent = consent
                let ended = try await stage.client.connect("--json", "--timeout", "2s")
                expect(verdict, hint: "run the command again", ended)
                let stored = try await stage.client.run("credentials", "show", "posthog", "--json")
                expect("no_credential", hint: "hogsend credentials list", stored)
            }
        }

        @Test func `a right state after a wrong one still connects`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.consent = .wrongStateFirst
                let ended = try await stage.client.connect("--json")
                #expect(ended.document?["verdict"] == "connected")
                #expect(ended.errors.contains("wrong or missing state"))
            }
        }

        @Test(
            arguments: [
                ["expires_in": 3600, "access_token": .null], ["token_type": "mac"],
                ["refresh_token": .null],
            ] as [[String: JSONValue]])
        func `exchange_failed for an answer that is no grant`(
            overrides: [String: JSONValue]
        ) async throws {
            try await Stage.set { stage in
                stage.posthog.switches.tokenOverrides = overrides
                let ended = try await stage.client.connect("--json")
                expect("exchange_failed", hint: "run the command again", ended)
            }
        }

        @Test func `discovery_failed for an endpoint on a foreign host`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.discoveryOverrides = [
                    "token_endpoint": "https://evil.example/token"
                ]
                let ended = try await stage.client.connect("--json")
                expect("discovery_failed", hint: "check the host", ended)
            }
        }

        @Test func `issuer_mismatch for metadata of another issuer`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.discoveryOverrides = ["issuer": "https://evil.example"]
                let ended = try await stage.client.connect("--json")
                expect("issuer_mismatch", hint: "pass the host", ended)
            }
        }

        @Test func `unknown_provider names the known ones`() async throws {
            try await Stage.set { stage in
                let ended = try await stage.client.run("connect", "acme", "--json")
                expect("unknown_provider", hint: "posthog", ended)
            }
        }

        @Test func `unauthorized for a wrong admin key, before the browser opens`() async throws {
            try await Stage.set { stage in
                var client = stage.client
                client.adminKey = "wrong"
                let ended = try await client.connect("--json")
                expect("unauthorized", hint: "ADMIN_API_KEY", ended)
                #expect(stage.posthog.journal.isEmpty)
            }
        }

        @Test func `instance_unreachable when nothing listens there`() async throws {
            try await Stage.set { stage in
                let free = try ListeningSocket(.loopbackIPv4, port: 0)
                free.closeUnused()
                var client = stage.client
                client = StageClient(
                    url: "http://127.0.0.1:\(free.port)", folder: client.folder,
                    posthog: client.posthog)
                let ended = try await client.connect("--json")
                expect("instance_unreachable", hint: "--url", ended)
            }
        }

        @Test func `people get the sentence and the hint on stderr`() async throws {
            try await Stage.set { stage in
                let ended = try await stage.client.run("connect", "posthog", "--provision-only")
                #expect(ended.status == 1)
                #expect(ended.errors.contains("error: "))
                #expect(ended.errors.contains("hint: run `hogsend connect posthog`"))
            }
        }
    }
}
