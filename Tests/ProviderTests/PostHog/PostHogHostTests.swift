import Engine
import PostHogProvider
import Testing

@Suite("PostHog hosts")
struct PostHogHostTests {
    @Test(
        arguments: [
            ("https://eu.posthog.com", "https://eu.posthog.com", nil),
            ("https://US.PostHog.com:443/project/1/", "https://us.posthog.com", nil),
            (
                "https://eu.i.posthog.com", "https://eu.posthog.com",
                "'eu.i.posthog.com' only takes events, so 'eu.posthog.com' is used"
            ),
            (
                "https://us-assets.i.posthog.com/static/", "https://us.posthog.com",
                "'us-assets.i.posthog.com' only takes events, so 'us.posthog.com' is used"
            ),
            (
                "https://app.posthog.com/", "https://us.posthog.com",
                "'app.posthog.com' is an old name, so 'us.posthog.com' is used"
            ),
            ("https://oauth.posthog.com", "https://oauth.posthog.com", nil),
            ("https://Insights.Example.com/posthog/", "https://insights.example.com/posthog", nil),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", nil),
            ("http://localhost:80", "http://localhost", nil),
            ("http://[::1]:8000", "http://[::1]:8000", nil),
            ("https://eu.i.posthog.com.example.com", "https://eu.i.posthog.com.example.com", nil),
        ] as [(String, String, String?)])
    func `whatever address a user has leads to the app`(
        given: String, address: String, note: String?
    ) throws {
        let resolved = PostHog().resolve(try #require(URL(address: given)))
        #expect(resolved.url.absoluteString == address)
        #expect(resolved.note == note)
    }

    @Test(
        arguments: [
            ("https://oauth.posthog.com", "https://eu.posthog.com", "https://eu.posthog.com"),
            ("https://us.posthog.com", "https://eu.posthog.com/", "https://eu.posthog.com"),
            ("https://oauth.posthog.com", "http://eu.posthog.com", "https://oauth.posthog.com"),
            ("https://oauth.posthog.com", "https://eu.posthog.com.evil.example", nil),
            ("https://oauth.posthog.com", "https://eu.posthog.com:444", nil),
            ("https://oauth.posthog.com", "https://user@eu.posthog.com", nil),
            ("https://oauth.posthog.com", "https://staging.posthog.com", nil),
            ("https://oauth.posthog.com", "not an address", nil),
            ("https://oauth.posthog.com", nil, nil),
            ("https://insights.example.com", "https://us.posthog.com", nil),
            ("http://127.0.0.1:8000", "https://us.posthog.com", nil),
        ] as [(String, String?, String?)])
    func `only Cloud is believed when it names a region`(
        authorized: String, named: String?, expected: String?
    ) throws {
        let members = named.map { ["posthog_base_url": JSONValue.string($0)] } ?? [:]
        let host = PostHog().grantHost(
            authorizedAt: try #require(URL(string: authorized)), members: members)
        #expect(host.absoluteString == expected ?? authorized)
    }
}
