import Engine
import Testing

@testable import PostHogProvider

@Suite("The inputs of our destination")
struct DestinationInputsTests {
    private static let url = ProvisionContext.webhook
    private static let secret = Secret(ProvisionContext.secret)
    private static let body: JSONValue = ["event": "{event}", "person": "{person}"]

    private static func inputs(
        headers: [String: JSONValue] = [
            "Content-Type": "application/json",
            "x-posthog-webhook-secret": .string(ProvisionContext.secret),
        ], _ more: [String: JSONValue] = [:]
    ) -> DestinationInputs {
        let right: [String: JSONValue] = [
            "url": ["value": .string(url), "bytecode": ["_H"], "order": 0],
            "method": ["value": "POST"], "body": ["value": body],
            "headers": ["value": .object(headers)], "debug": ["value": true],
        ]
        return DestinationInputs(.object(right.merging(more) { $1 }))
    }

    private static func fields(_ inputs: DestinationInputs) -> [String] {
        inputs.changes(url: url, secret: secret).map(\.field)
    }

    @Test func `do not differ from themselves`() {
        #expect(Self.fields(Self.inputs()).isEmpty)
        let mended = Self.inputs().mended(url: Self.url, secret: Self.secret)
        #expect(Self.fields(DestinationInputs(mended)).isEmpty)
    }

    @Test(
        arguments: [
            ("url", ["value": "https://old.example/v1/webhooks/posthog"]),
            ("method", ["value": "post"]), ("method", nil),
            ("body", ["value": ["event": "{event}"]]),
            ("body", ["value": "{event}"]), ("body", ["value": body, "templating": "liquid"]),
            ("payload", ["value": body]),
        ] as [(String, JSONValue)])
    func `differ in one field`(field: String, entry: JSONValue) {
        let drifted = Self.inputs([field: entry])
        #expect(Self.fields(drifted) == [field])
        let mended = drifted.mended(url: Self.url, secret: Self.secret)
        #expect(mended == Self.inputs().mended(url: Self.url, secret: Self.secret))
    }

    @Test func `hold our headers once, whatever their case, and the user's own as they are`() {
        let drifted = Self.inputs(headers: [
            "content-type": "text/plain", "X-Posthog-Webhook-Secret": "stale",
            "Authorization": "Bearer theirs", "X-Team": "growth",
        ])
        #expect(
            Self.fields(drifted) == ["headers.Content-Type", "headers.x-posthog-webhook-secret"])
        #expect(
            drifted.mended(url: Self.url, secret: Self.secret)["headers"]?["value"] == [
                "Content-Type": "application/json",
                "x-posthog-webhook-secret": .string(ProvisionContext.secret),
                "Authorization": "Bearer theirs", "X-Team": "growth",
            ])
    }

    @Test func `show no value of a header that was there`() {
        let drifted = Self.inputs(headers: [
            "content-type": "text/plain", "x-posthog-webhook-secret": "stale-secret",
            "Authorization": "Bearer theirs",
        ])
        let text = "\(drifted.changes(url: Self.url, secret: Self.secret))"
        #expect(!text.contains("text/plain"))
        #expect(!text.contains("stale-secret"))
        #expect(!text.contains("theirs"))
        #expect(!text.contains(ProvisionContext.secret))
    }

    @Test func `show of a body its templates alone`() {
        let drifted = Self.inputs([
            "body": ["value": ["key": "hunter2", "event": "{event}", "n": 7, "x": "a {event}"]]
        ])
        let before = drifted.changes(url: Self.url, secret: Self.secret).first?.before
        #expect(
            before
                == #"{"event":"{event}","key":"[redacted]","n":"[redacted]","x":"[redacted]"}"#)
    }

    @Test func `show addresses without passwords and queries`() {
        let drifted = Self.inputs([
            "url": ["value": "https://ada:pass@old.example/v1/webhooks/posthog?key=hidden"]
        ])
        #expect(
            drifted.changes(url: Self.url, secret: Self.secret).first?.before
                == "https://old.example/v1/webhooks/posthog?…")
    }

    @Test func `differ in the secret while none is minted`() {
        let changes = Self.inputs().changes(url: Self.url, secret: nil)
        #expect(
            changes == [
                .init("headers.x-posthog-webhook-secret", from: "[redacted]", to: "[redacted]")
            ])
    }

    @Test func `are sent whole, without what the server made`() {
        let mended = Self.inputs(["extra": ["value": 7], "key": ["secret": true], "none": nil])
            .mended(url: Self.url, secret: Self.secret)
        #expect(mended["extra"] == ["value": 7])
        #expect(mended["key"] == ["secret": true])
        #expect(mended["none"] == nil)
        #expect(mended["debug"] == ["value": true])
        #expect(mended["url"] == ["value": .string(Self.url)])
    }

    @Test func `keep the user's encrypted headers encrypted and ours readable`() {
        let mended = Self.inputs([
            "headers": [
                "value": ["Content-Type": "application/json"],
                "secret_keys": ["Authorization", "X-PostHog-Webhook-Secret"],
            ]
        ]).mended(url: Self.url, secret: Self.secret)
        #expect(mended["headers"]?["secret_keys"] == ["Authorization"])
    }
}
