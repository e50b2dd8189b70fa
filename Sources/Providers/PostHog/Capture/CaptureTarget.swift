import Engine

/// Where events go and under which project's public key; the two belong together.
struct CaptureTarget: Sendable, Equatable {
    let url: URL
    let key: Secret

    /// `POSTHOG_API_KEY` with the environment's host, else the key that provisioning stored with
    /// the host that it was read from; nil without either.
    static func find(_ access: ProviderAccess) async -> CaptureTarget? {
        let settings = access.configuration.settings
        if let key = settings[PostHogEnvironment.projectKey] {
            let named = settings[PostHogEnvironment.captureHost].flatMap {
                URL(address: $0.reveal())
            }
            return (named ?? access.configuration.host).flatMap { CaptureTarget($0, key) }
        }
        guard let key = await access.derived("projectApiKey"),
            let host = await access.derived("privateHost").flatMap({ URL(address: $0.reveal()) }),
            !host.isInsecure
        else { return nil }
        return CaptureTarget(host, key)
    }

    init?(_ host: URL, _ key: Secret) {
        guard let url = PostHogHost.ingestion(of: host).appending(rawPath: "/batch/") else {
            return nil
        }
        self.url = url
        self.key = key
    }
}

extension PostHogHost {
    /// The address that takes a region's events (<https://posthog.com/docs/api/capture>); one that
    /// is no app host of PostHog Cloud's takes them itself.
    static func ingestion(of host: URL) -> URL {
        let app = resolve(host).url
        guard let region = regions.first(where: { $0.address == app.absoluteString }),
            let name = region.address.wholeMatch(of: /https:\/\/([a-z]+)\.posthog\.com/)?.1
        else { return host }
        return URL(string: "https://\(name).i.posthog.com") ?? host
    }
}
