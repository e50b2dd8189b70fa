/// How a provider's authorization server is found.
public struct Discovery: Sendable, Equatable {
    package let wellKnownSuffix: String
    package let pageMeansUnsupported: Bool

    /// The metadata document of RFC 8414 under `/.well-known/<suffix>`.
    ///
    /// With `pageMeansUnsupported`, a web page or a redirect in its place is the verdict
    /// `oauth_unsupported` instead of `discovery_failed`; 404 and 410 always are.
    public static func wellKnown(
        _ suffix: String = "oauth-authorization-server", pageMeansUnsupported: Bool = false
    ) -> Discovery {
        Discovery(wellKnownSuffix: suffix, pageMeansUnsupported: pageMeansUnsupported)
    }
}

extension Provider {
    /// Finds the provider's authorization servers.
    package func discovery(over client: any HTTPClient) -> MetadataDiscovery {
        MetadataDiscovery(
            client: client, wellKnownSuffix: discovery.wellKnownSuffix,
            pageMeansUnsupported: discovery.pageMeansUnsupported, endpointHosts: endpointHosts,
            flow: authentication.flow)
    }
}
