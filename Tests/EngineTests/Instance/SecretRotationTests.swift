import Engine
import ProviderKit
import Testing

/// Rotation at a service whose secrets cannot be read back.
@Suite("Secret rotation")
struct SecretRotationTests {
    private static let rotation: JSONValue = ["rotateSecret": true]

    @Test func `a secret that cannot be read back is sent anew, until it was taken`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            #expect(await desk.call("POST", Desk.provision).status == 200)
            desk.service.fail("PUT", .json(500, [:]))
            #expect(await desk.call("POST", Desk.provision, Self.rotation).status == 502)
            desk.service.fail("PUT", nil)
            let drift = await desk.call("GET", "/v1/admin/providers/acme/drift")
            #expect(drift.json["drift"] == true)
            #expect(await desk.call("POST", Desk.provision).json["action"] == "updated")
            #expect(await desk.call("POST", Desk.provision).json["action"] == "unchanged")
            let sent = desk.service.secrets
            #expect(sent.count == 3 && sent[1] == sent[2] && sent[0] != sent[1])
            for secret in sent {
                #expect(await desk.deliver(EventShelf.delivery(), secret: secret).status == 200)
            }
        }
    }

    @Test func `the environment's secret is refused with the names of its variables`() async throws
    {
        try await Desk.open(["ACME_WEBHOOK_SECRET": "s3cret"]) { desk in
            await desk.connect()
            let answer = await desk.call("POST", Desk.provision, Self.rotation)
            #expect(answer.error == "webhook_secret_in_environment")
            let hint = answer.json["remediation"]?.string ?? ""
            #expect(hint.hasPrefix("set ACME_WEBHOOK_SECRET ") && hint.contains("_PREVIOUS"))
            #expect(desk.service.client.writes.isEmpty)
        }
    }

    @Test func `a provider without deliveries has no secret to replace`() async throws {
        try await Desk.open { desk in
            let path = "/v1/admin/providers/old-service/provision"
            let answer = await desk.call("POST", path, Self.rotation)
            #expect(answer.status == 409 && answer.error?.isEmpty == false)
        }
    }
}
