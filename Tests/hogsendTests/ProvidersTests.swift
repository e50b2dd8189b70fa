import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("providers") struct ProvidersTests {
        static let own = "https://me.example/.well-known/hogsend-posthog-client.json"

        private func run(_ words: String...) async throws -> Program.Ended {
            try await Program(name: "hogsend", arguments: words).run()
        }

        @Test func `the client document is printed as it is to be published`() async throws {
            let shown = try await run("providers", "cimd", "posthog")
            let document = JSONValue(decoding: Data(shown.output.utf8))
            #expect(shown.status == 0 && document?["token_endpoint_auth_method"] == "none")
            #expect(
                document?["client_id"]
                    == "https://hogsend.com/.well-known/hogsend-posthog-client.json")
            let moved = try await run("providers", "cimd", "posthog", "--client-id", Self.own)
            let other = JSONValue(decoding: Data(moved.output.utf8))
            #expect(other?["client_id"]?.string == Self.own)
            #expect(other?["redirect_uris"] == document?["redirect_uris"])
            let json = try await run("providers", "cimd", "posthog", "--json")
            #expect(json.document?["document"] == document)
        }

        @Test(arguments: [
            ["providers", "cimd", "posthog", "--client-id", "http://me.example/client.json"],
            ["providers", "cimd", "posthog", "--client-id", "https://me.example"],
            ["providers", "cimd"], ["providers", "docs"],
            ["connect", "posthog", "--client-id", "https://me.example/c?x=1"],
            ["connect", "posthog", "--client-id", own, "--provision-only"],
            ["connect", "posthog", "--client-id", own, "--plan"],
            ["connect", "posthog", "--client-id", own, "--undo"],
            ["connect", "posthog", "--client-id", own, "--rotate-secret"],
        ])
        func `a client that cannot be meant is a wrong line`(words: [String]) async throws {
            let ended = try await Program(name: "hogsend", arguments: words).run()
            #expect(ended.status == 2 && ended.output == "")
        }

        @Test(arguments: ["cimd", "docs"])
        func `a provider that is not known is refused by name`(verb: String) async throws {
            let ended = try await run("providers", verb, "nobody", "--json")
            #expect(ended.status == 1 && ended.document?["verdict"] == "unknown_provider")
        }

        @Test func `the reference page holds the whole declaration`() async throws {
            let page = try await run("providers", "docs", "posthog")
            #expect(page.status == 0 && page.output.hasPrefix("# PostHog\n\n"))
            for text in [
                "| `https://eu.posthog.com` | PostHog", "- `http://127.0.0.1:8425/callback`",
                "- `property_definition:read`", "| person reads | `person:read` |",
                "No feature needs yet: `person:write`",
                "The secret stands in the header `x-posthog",
                "Standard Webhooks", "| `POSTHOG_PERSONAL_API_KEY` |", "(secret) |",
                "`hogsend posthog person <distinct-id>",
                "`POST /v1/admin/analytics/provision-loop`",
                "`POST /v1/webhooks/posthog`", "`GET /.well-known/hogsend-posthog-client.json`",
                "/v1/admin/providers/posthog/persons/",
            ] {
                #expect(page.output.contains(text), "\(text)")
            }
            let json = try await run("providers", "docs", "posthog", "--json")
            #expect(json.document?["markdown"]?.string.map { $0 + "\n" } == page.output)
        }

        @Test func `the help of connect follows from the declaration`() async throws {
            let help = try await run("connect", "posthog", "--help").output
            for text in [
                "--host, --posthog-host URL", "--client-id URL",
                "https://eu.posthog.com", "http://127.0.0.1:8424/callback",
                "person reads ", "POSTHOG_WEBHOOK_SECRET_PREVIOUS ",
            ] {
                #expect(help.contains(text), "\(text)")
            }
        }

        @Test func `the help of connect offers what a provider has, and names its keys`()
            async throws
        {
            let stripe = try await run("connect", "stripe", "--help").output
            #expect(stripe.hasPrefix("usage: hogsend connect stripe [flags]\n"))
            let posthog = try await run("connect", "posthog", "--help").output
            let any = try await run("connect", "--help").output
            #expect(any.hasPrefix("usage: hogsend connect <provider> [flags]\n"))
            for flag in ["--no-browser", "--timeout", "--rotate-secret", "--grace"] {
                #expect(!stripe.contains(flag) && posthog.contains(flag) && any.contains(flag))
            }
            #expect(!posthog.contains("--key-file") && any.contains("--key-file"))
            for text in [
                "--key-file PATH", "keys, by their names in a key file:", "  apiKey ",
                "Webhook Endpoints: Write", "begins with 'rk_live_' or ", "(hidden)",
            ] {
                #expect(stripe.contains(text), "\(text)")
            }
        }

        static let pages: [(String, [String])] = [
            (
                "stripe",
                [
                    "| `apiKey` | restricted key (Webhook Endpoints: Write) or secret key",
                    "| yes |", "user `data.object.customer`, else `data.object.customer.id`",
                    "else `data.object.id` where it begins with `cus_`",
                    "A delivery may name no user.", "The service gives the secret out: provis",
                ]
            ),
            (
                "discord",
                [
                    "| `applicationId` | application id | digits; 17 to 20 characters | no |",
                    "name `data.name`, else `data.custom_id`, else `type`,",
                    "They are verified with the public key that is pasted (`publicKey`)",
                    #"A delivery with `1` at `type` is answered with `{"type":1}` and not stored."#,
                    "once it is stored.",
                ]
            ),
        ]

        @Test(arguments: pages)
        func `the reference page names keys, every place and every answer`(
            provider: String, texts: [String]
        ) async throws {
            let page = try await run("providers", "docs", provider).output
            for text in texts { #expect(page.contains(text), "\(text)") }
            #expect(page.contains("gives the secret out") == (provider == "stripe"))
        }

        @Test func `a client of one's own is kept with the grant and used until its end`()
            async throws
        {
            try await Stage.set { stage in
                let connected = try await stage.client.connect("--json", "--client-id", Self.own)
                #expect(connected.status == 0, "\(connected.output)\(connected.errors)")
                let asked = stage.posthog.journal.filter { $0.path == "/oauth/authorize/" }
                #expect(asked.first?.query["client_id"] == Self.own)
                let info = try await stage.client.call(
                    "GET", "/v1/admin/providers/posthog/connect-info")
                #expect(info.json["clientId"]?.string == Self.own)
                let renewed = try await stage.client.run(
                    "credentials", "refresh", "posthog", "--json")
                #expect(renewed.status == 0, "\(renewed.output)")
                let left = try await stage.client.run("disconnect", "posthog", "--yes", "--json")
                #expect(left.document?["verdict"] == "disconnected")
                let sent = stage.posthog.journal.filter {
                    $0.method == "POST" && $0.path.hasPrefix("/oauth/")
                }
                #expect(sent.count >= 3)
                for call in sent where !call.path.contains("authorize") {
                    #expect(call.body.contains("client_id=https%3A%2F%2Fme.example%2F"))
                }
            }
        }
    }
}
