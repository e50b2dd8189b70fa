import Engine
import PostHogProvider
import Testing

@Suite("PostHog environment")
struct PostHogEnvironmentTests {
    private func read(
        _ variables: [String: String]
    ) throws(ConfigurationError) -> ProviderConfiguration {
        try PostHog().configuration(in: Environment(variables))
    }

    @Test(
        arguments: [
            ([:], nil),
            (["POSTHOG_API_KEY": "phc_1"], "https://us.posthog.com"),
            (["POSTHOG_HOST": "https://eu.i.posthog.com/"], "https://eu.posthog.com"),
            (["POSTHOG_HOST": "https://us.posthog.com"], "https://us.posthog.com"),
            (["POSTHOG_HOST": "https://ph.example.com/ingest/"], "https://ph.example.com/ingest"),
            (
                [
                    "POSTHOG_HOST": "https://us.i.posthog.com",
                    "POSTHOG_PRIVATE_HOST": "https://a.b//",
                ],
                "https://a.b"
            ),
            (["POSTHOG_HOST": "no address", "POSTHOG_PRIVATE_HOST": "https://a.b"], "https://a.b"),
            (["POSTHOG_PRIVATE_HOST": "http://localhost:8000"], "http://localhost:8000"),
            (["POSTHOG_PRIVATE_HOST": "", "POSTHOG_HOST": " "], nil),
        ] as [([String: String], String?)])
    func `the private host follows from what is set`(
        variables: [String: String], host: String?
    ) throws {
        #expect(try read(variables).host?.absoluteString == host)
    }

    @Test func `an empty environment is answered with false and null`() throws {
        let configuration = try read([:])
        #expect(
            configuration.connectInfo == [
                "analyticsConfigured": false, "hostExplicit": false, "projectIdHint": nil,
                "personalKeyConfigured": false,
            ])
        #expect(configuration.personalKey == nil)
        #expect(configuration.webhookSecret == nil)
        #expect(configuration.project == nil)
    }

    @Test func `a full environment is answered without its secrets`() throws {
        let configuration = try read([
            "POSTHOG_API_KEY": "phc_1", "POSTHOG_HOST": "https://eu.i.posthog.com",
            "POSTHOG_PROJECT_ID": "12345", "POSTHOG_PERSONAL_API_KEY": "phx_1",
            "POSTHOG_WEBHOOK_SECRET": "s3cret-~!", "POSTHOG_WEBHOOK_SECRET_PREVIOUS": "{old}",
        ])
        #expect(
            configuration.connectInfo == [
                "analyticsConfigured": true, "hostExplicit": true, "projectIdHint": "12345",
                "personalKeyConfigured": true,
            ])
        #expect(configuration.personalKey == Secret("phx_1"))
        #expect(configuration.webhookSecret == Secret("s3cret-~!"))
        #expect(configuration.previousWebhookSecret == Secret("{old}"))
        #expect(configuration.project == "12345")
    }

    @Test(arguments: [
        ("POSTHOG_HOST", "ph.example.com"), ("POSTHOG_HOST", "ftp://eu.posthog.com"),
        ("POSTHOG_HOST", "https://key@eu.posthog.com"), ("POSTHOG_HOST", "http://eu.posthog.com"),
        ("POSTHOG_PRIVATE_HOST", "http://10.0.0.1"), ("POSTHOG_PRIVATE_HOST", "https:///app"),
        ("POSTHOG_PROJECT_ID", "@current"), ("POSTHOG_PROJECT_ID", "-1"),
        ("POSTHOG_PROJECT_ID", "99999999999999999999"), ("POSTHOG_PROJECT_ID", "12 345"),
        ("POSTHOG_PERSONAL_API_KEY", "phx_\r\nX: y"), ("POSTHOG_PERSONAL_API_KEY", "phx_ü"),
        ("POSTHOG_WEBHOOK_SECRET", "{event}"), ("POSTHOG_WEBHOOK_SECRET", "a}b"),
        ("POSTHOG_WEBHOOK_SECRET", "a\\b"), ("POSTHOG_WEBHOOK_SECRET", "a b"),
        ("POSTHOG_WEBHOOK_SECRET", "a\u{7}b"), ("POSTHOG_WEBHOOK_SECRET", "sécret"),
        ("POSTHOG_WEBHOOK_SECRET_PREVIOUS", "a b"),
    ])
    func `an unusable value is refused by its name and not repeated`(
        name: String, value: String
    ) {
        let error = #expect(throws: ConfigurationError.self) { try read([name: value]) }
        let text = "\(error?.description ?? "") \(error?.hint ?? "")"
        #expect(text.contains(name))
        #expect(!text.contains(value))
    }
}
