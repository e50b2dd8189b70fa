/// Fetches an authorization server's metadata (RFC 8414 §3).
package struct MetadataDiscovery: Sendable {
    private static let maximumBody = 256 << 10

    package let client: any HTTPClient
    package let wellKnownSuffix: String
    /// Whether a web page or a redirect in place of the document means that the server is too old
    /// for OAuth.
    package let pageMeansUnsupported: Bool
    package let endpointHosts: [String]
    package let flow: AuthorizationFlow

    package init(
        client: any HTTPClient, wellKnownSuffix: String, pageMeansUnsupported: Bool,
        endpointHosts: [String], flow: AuthorizationFlow = .code
    ) {
        self.client = client
        self.wellKnownSuffix = wellKnownSuffix
        self.pageMeansUnsupported = pageMeansUnsupported
        self.endpointHosts = endpointHosts
        self.flow = flow
    }

    package func discover(_ issuer: URL) async throws -> AuthorizationServerMetadata {
        let name = issuer.withoutTrailingSlash
        guard !issuer.isInsecure, issuer.query() == nil, issuer.fragment() == nil,
            let address = documentAddress(issuer)
        else {
            throw OAuthError.discoveryFailed(host: name, reason: "it is not an https address")
        }
        let response = try await fetch(address, for: name)
        let document = try read(response, for: name)
        return try AuthorizationServerMetadata(
            document, issuer: name, endpointHosts: endpointHosts, flow: flow)
    }

    /// The suffix goes between host and path (§3.1).
    private func documentAddress(_ issuer: URL) -> URL? {
        var components = URLComponents(url: issuer, resolvingAgainstBaseURL: false)
        var path = components?.percentEncodedPath ?? ""
        while path.hasSuffix("/") { path.removeLast() }
        components?.percentEncodedPath = "/.well-known/\(wellKnownSuffix)" + path
        return components?.url
    }

    private func fetch(_ address: URL, for name: String) async throws -> HTTPResponse {
        let request = HTTPRequest(
            "GET", address, headers: ["Accept": "application/json"], maximumBody: Self.maximumBody)
        do {
            return try await client.send(request)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw OAuthError.discoveryFailed(host: name, reason: error.description)
        }
    }

    private func read(_ response: HTTPResponse, for name: String) throws(OAuthError) -> JSONValue {
        let isPage = (300..<400).contains(response.status) || response.mediaType == "text/html"
        switch response.status {
        case 404, 410: throw .unsupported(host: name)
        case 200..<400 where isPage && pageMeansUnsupported: throw .unsupported(host: name)
        case 200:
            guard response.mediaType == "application/json" else {
                throw .discoveryFailed(host: name, reason: "the answer is not application/json")
            }
        default:
            throw .discoveryFailed(host: name, reason: "the answer has status \(response.status)")
        }
        guard let document = JSONValue(decoding: response.body), document.object != nil else {
            throw .discoveryFailed(host: name, reason: "the answer is not a JSON object")
        }
        return document
    }
}
