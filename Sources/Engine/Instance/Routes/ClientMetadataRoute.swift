/// `GET /.well-known/hogsend-<id>-client.json`: the client of one who hosts his own, for
/// authorization servers.
///
/// It is there where the provider's client is known by its document and the instance's own address
/// is one that may be a client's id.
struct ClientMetadataRoute: InstanceRoute {
    let registry: ProviderRegistry
    let publicURL: URL

    /// How long a server may keep it, in seconds.
    private static let lifetime = 3600

    func register(in routes: inout InstanceRoutes) {
        for provider in registry.providers where provider.isKnownByDocument {
            let path = ClientMetadata.path(provider.id)
            routes.open("GET", path) { _ in
                let address = publicURL.withoutTrailingSlash + path
                guard let document = ClientMetadata(of: provider, at: address) else {
                    throw APIError(
                        404, "no_client_document",
                        detail: "API_PUBLIC_URL is not https, and a client's id must be",
                        remediation: "set API_PUBLIC_URL to the instance's https address")
                }
                var response = HTTPResponse.json(document.json)
                response.headers["Cache-Control"] = "public, max-age=\(Self.lifetime)"
                return response
            }
        }
    }
}
