import Engine

/// Which of PostHog's addresses is meant.
enum PostHogHost {
    /// App hosts; the private API and each region's OAuth server are there.
    static let regions = [
        ProviderHost("PostHog EU Cloud", "https://eu.posthog.com"),
        ProviderHost("PostHog US Cloud", "https://us.posthog.com"),
    ]

    private static let domain = ".posthog.com"
    private static let ingestion = ".i.posthog.com"

    /// The app's address for any that a user may have at hand; a self-hosted server's path stays.
    static func resolve(_ given: URL) -> ResolvedHost {
        guard var parts = URLComponents(url: given, resolvingAgainstBaseURL: false),
            let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased()
        else { return ResolvedHost(given) }
        let app = appHost(of: host)
        parts.scheme = scheme
        parts.host = app
        parts.port = parts.port == (scheme == "https" ? 443 : 80) ? nil : parts.port
        if app.hasSuffix(domain) { parts.path = "" }
        while parts.path.hasSuffix("/") { parts.path.removeLast() }
        return ResolvedHost(parts.url ?? given, note: note(on: host, app))
    }

    private static func appHost(of host: String) -> String {
        if host == "app.posthog.com" { return "us.posthog.com" }
        guard host.hasSuffix(ingestion) else { return host }
        let region = host.dropLast(ingestion.count)
        return (region.hasSuffix("-assets") ? region.dropLast(7) : region) + domain
    }

    private static func note(on given: String, _ app: String) -> String? {
        guard given != app else { return nil }
        let reason = given.hasSuffix(ingestion) ? "only takes events" : "is an old name"
        return "'\(given)' \(reason), so '\(app)' is used"
    }

    /// The regional app host behind `oauth.posthog.com`, which serves no API
    /// (<https://posthog.com/docs/api/oauth>).
    ///
    /// A stranger's server cannot send the token elsewhere: only PostHog Cloud is asked, and only
    /// its own regions are believed.
    static func grantHost(authorizedAt host: URL, named text: String?) -> URL {
        guard host.scheme?.lowercased() == "https",
            host.host()?.lowercased().hasSuffix(domain) == true,
            let named = text.flatMap({ URL(address: $0) }),
            regions.map(\.address).contains(resolve(named).url.absoluteString)
        else { return host }
        return resolve(named).url
    }
}
