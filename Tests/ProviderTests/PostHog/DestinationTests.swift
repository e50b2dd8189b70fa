import Engine
import Testing

@testable import PostHogProvider

@Suite("A destination that is ours")
struct DestinationTests {
    private static func destination(
        _ id: String, url: String, enabled: Bool = true, created: String = "2026-01-01T00:00:00Z"
    ) throws -> Destination {
        try #require(
            Destination([
                "id": .string(id), "type": "destination", "enabled": .bool(enabled),
                "created_at": .string(created), "inputs": ["url": ["value": .string(url)]],
            ]))
    }

    @Test(arguments: [
        ("https://hogsend.example/v1/webhooks/posthog", true),
        ("https://old.example:8443/base/v1/webhooks/posthog", true),
        ("https://hogsend.example/v1/webhooks/posthog/?source=eu#x", true),
        ("http://localhost:3002/v1/webhooks/posthog", true),
        ("https://{project.name}.example/v1/webhooks/posthog", true),
        ("https://hogsend.example/v1/webhooks/posthog2", false),
        ("https://hogsend.example/xv1/webhooks/posthog", false),
        ("https://hogsend.example/?to=/v1/webhooks/posthog", false),
        ("https://v1/webhooks/posthog", false),
        ("/v1/webhooks/posthog", false),
        ("", false),
    ])
    func `is known by the path it posts to`(url: String, ours: Bool) throws {
        let destination = try Self.destination("a", url: url)
        #expect(destination.delivers(to: DestinationList.receiver) == ours)
    }

    @Test(arguments: ["", "../other", "a/b", "a?b", "ä", "a b"])
    func `has an id that cannot lead elsewhere`(id: String) {
        #expect(Destination(["type": "destination", "id": .string(id)]) == nil)
    }

    @Test func `is not a function of another type`() {
        #expect(Destination(["type": "transformation", "id": "a"]) == nil)
        #expect(Destination(["id": "a"]) != nil)
    }

    @Test func `of several has the exact address, else is enabled, else is the oldest`() throws {
        let url = ProvisionContext.webhook
        let moved = url.replacing("hogsend", with: "old")
        let exact = try Self.destination("exact", url: url, enabled: false, created: "2026-03")
        let enabled = try Self.destination("enabled", url: moved, created: "2026-03")
        let newer = try Self.destination("newer", url: moved, enabled: false, created: "2026-02")
        let oldest = try Self.destination("oldest", url: moved, enabled: false, created: "2026-01")
        func preferred(_ found: Destination...) -> String? {
            Destination.preferred(among: found, url: url)?.id
        }
        #expect(preferred(oldest, newer, enabled, exact) == "exact")
        #expect(preferred(oldest, newer, enabled) == "enabled")
        #expect(preferred(newer, oldest) == "oldest")
        #expect(preferred() == nil)
    }
}
