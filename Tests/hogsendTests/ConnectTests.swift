import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("hogsend connect posthog") struct ConnectTests {
        @Test func `a keyless instance is connected and provisioned with one consent`() async throws
        {
            try await Stage.set { stage in
                let ended = try await stage.client.connect("--json")
                #expect(ended.status == 0)
                let document = try #require(ended.document)
                let id = try #require(stage.posthog.destinations.first?["id"]?.string)
                let origin = stage.posthog.origin.absoluteString
                #expect(document["ok"] == true)
                #expect(document["verdict"] == "connected")
                #expect(document["providerId"] == "posthog")
                #expect(document["instance"] == .string(stage.instance.url))
                #expect(document["posthog"]?["privateHost"] == .string(origin))
                #expect(document["posthog"]?["issuer"] == .string(origin))
                #expect(document["posthog"]?["scopedTeams"] == [12345])
                #expect(document["posthog"]?["scopedOrganizations"] == [])
                #expect(document["credential"]?["stored"] == true)
                #expect(document["provision"]?["created"] == true)
                #expect(document["provision"]?["hogFunctionId"] == .string(id))
                #expect(document["provision"]?["enabled"] == true)
                #expect(
                    document["provision"]?["webhookUrl"]
                        == "http://hogsend.example/v1/webhooks/posthog")
                #expect(stage.posthog.violations == [])
            }
        }

        @Test func `people see the steps of the published flow`() async throws {
            try await Stage.set { stage in
                let ended = try await stage.client.connect()
                let (url, origin) = (stage.instance.url, stage.posthog.origin.absoluteString)
                let expected = [
                    "GET \(url)/v1/admin/analytics/connect-info ok",
                    "OAuth discovery at \(origin) ok",
                    "About to authorize Hogsend against PostHog", "instance   \(url)",
                    "posthog    \(origin)", "callback   http://127.0.0.1:8423/callback",
                    "Waiting for PostHog authorization (Ctrl-C aborts) ok",
                    "Exchanging code at \(origin)/oauth/token/ ok",
                    "PUT \(url)/v1/admin/provider-credentials/posthog ok",
                    "POST \(url)/v1/admin/analytics/provision-loop ok",
                    "PostHog -> Hogsend loop provisioned", "webhookUrl", "hogFunctionId", "created",
                    "connect: posthog connected",
                ]
                var rest = ended.output[...]
                for text in expected {
                    let found = try #require(rest.range(of: text), "missing in order: \(text)")
                    rest = rest[found.upperBound...]
                }
                #expect(!ended.output.contains("\u{1B}"), "no terminal, no escapes")
                #expect(ended.errors == "")
            }
        }

        @Test func `an event arrives once, and only with the minted secret`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                let event = CapturedEvent(
                    "signed_up", distinctID: "ada", properties: ["plan": "pro"],
                    personProperties: ["email": "ada@example.com"])
                for _ in 0..<2 { #expect(await stage.posthog.emit(event).map(\.status) == [200]) }
                let page = try await stage.client.call("GET", "/v1/admin/events").json
                #expect(page["total"] == 1)
                let stored = page["events"]?.array?.first
                #expect(stored?["event"] == "signed_up")
                #expect(stored?["userId"] == "ada")
                #expect(stored?["properties"]?["plan"] == "pro")
                #expect(stored?["personProperties"]?["email"] == "ada@example.com")
            }
        }

        @Test func `a second run changes nothing at PostHog`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                let writes = stage.posthog.writes
                let again = try await stage.client.connect("--json")
                #expect(again.document?["provision"]?["action"] == "unchanged")
                #expect(again.document?["provision"]?["created"] == false)
                #expect(stage.posthog.writes == writes)
            }
        }

        @Test func `no-provision stops once the credential is stored`() async throws {
            try await Stage.set { stage in
                let ended = try await stage.client.connect("--json", "--no-provision")
                #expect(ended.status == 0)
                #expect(ended.document?["verdict"] == "connected_no_provision")
                #expect(
                    ended.document?["provision"]
                        == ["attempted": false, "skipped": "no_provision_flag"])
                #expect(stage.posthog.destinations.isEmpty)
                let later = try await stage.client.run(
                    "connect", "posthog", "--provision-only", "--json")
                #expect(later.document?["verdict"] == "connected")
                #expect(later.document?["posthog"] == .null)
                #expect(later.document?["credential"]?["stored"] == false)
                #expect(later.document?["provision"]?["created"] == true)
            }
        }

        @Test func `a failed provisioning leaves a stored credential and exit 0`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.grantedScopes = ["project:read", "person:read"]
                let ended = try await stage.client.connect("--json")
                #expect(ended.status == 0)
                #expect(ended.document?["verdict"] == "connected_no_provision")
                #expect(ended.document?["provision"]?["ok"] == false)
                #expect(ended.document?["scopeGap"]?.array?.contains("hog_function:write") == true)
                let stored = try await stage.client.run("credentials", "show", "posthog", "--json")
                #expect(stored.document?["credential"]?["scopedTeams"] == [12345])
            }
        }

        @Test func `a loopback instance stores the credential and skips provisioning`() async throws
        {
            try await Stage.set(["API_PUBLIC_URL": "http://localhost:3002"]) { stage in
                let ended = try await stage.client.connect("--json")
                #expect(ended.status == 0)
                #expect(
                    ended.document?["provision"]
                        == ["attempted": false, "skipped": "api_public_url_unreachable"])
                #expect(ended.errors.contains("API_PUBLIC_URL is a loopback address"))
            }
        }

        @Test func `a grant for several projects is not given to the first of them`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.scopedTeams = [12_345, 67_890]
                let ended = try await stage.client.connect("--json")
                #expect(ended.status == 0)
                #expect(ended.document?["verdict"] == "connected_no_provision")
                #expect(
                    ended.document?["provision"]?["hint"]?.string?.contains("--project") == true)
                #expect(stage.posthog.destinations.isEmpty)
                let chosen = try await stage.client.run(
                    "connect", "posthog", "--provision-only", "--project", "67890", "--json")
                #expect(chosen.document?["provision"]?["created"] == true)
            }
        }
    }
}
