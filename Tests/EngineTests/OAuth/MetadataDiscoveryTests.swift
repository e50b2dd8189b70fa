import Engine
import ProviderKit
import Testing

@Suite("Metadata discovery")
struct MetadataDiscoveryTests {
    static let document = AuthorizationServerMetadataTests.document()

    static func discovery(
        _ client: any HTTPClient, pageMeansUnsupported: Bool = true
    ) -> MetadataDiscovery {
        MetadataDiscovery(
            client: client, wellKnownSuffix: "oauth-authorization-server",
            pageMeansUnsupported: pageMeansUnsupported, endpointHosts: ["as.example"])
    }

    static func answer(
        _ status: Int, _ type: String?, _ body: String = ""
    ) -> HTTPResponse {
        var response = HTTPResponse(status: status, body: Data(body.utf8))
        response.headers["Content-Type"] = type
        return response
    }

    @Test(arguments: [
        ("https://as.example", "https://as.example/.well-known/oauth-authorization-server"),
        ("https://as.example/", "https://as.example/.well-known/oauth-authorization-server"),
        ("https://as.example/a/b", "https://as.example/.well-known/oauth-authorization-server/a/b"),
        ("https://as.example/a/", "https://as.example/.well-known/oauth-authorization-server/a"),
        (
            "https://as.example/a%2Fb",
            "https://as.example/.well-known/oauth-authorization-server/a%2Fb"
        ),
        (
            "https://as.example:8443",
            "https://as.example:8443/.well-known/oauth-authorization-server"
        ),
        ("http://[::1]:9", "http://[::1]:9/.well-known/oauth-authorization-server"),
    ])
    func `the document stands between host and path`(issuer: String, expected: String)
        async throws
    {
        let client = ScriptedHTTPClient(HTTPResponse(status: 500))
        await #expect(throws: OAuthError.self) {
            try await Self.discovery(client).discover(try address(issuer))
        }
        #expect(client.requests.map(\.url.absoluteString) == [expected])
        #expect(client.requests.first?.headers["Accept"] == "application/json")
        #expect(client.requests.first?.headers["Authorization"] == nil)
        #expect((client.requests.first?.maximumBody ?? .max) <= 256 << 10)
        #expect(client.requests.allSatisfy { $0.timeout <= .seconds(10) })
    }

    @Test(arguments: ["application/json", "Application/JSON; charset=utf-8"])
    func `a JSON answer is read, and the slash of an empty path is no difference`(type: String)
        async throws
    {
        let client = ScriptedHTTPClient(
            Self.answer(200, type, String(decoding: Self.document.encoded(), as: UTF8.self)))
        let server = try await Self.discovery(client).discover(try address("https://as.example/"))
        #expect(server.issuer == "https://as.example")
    }

    @Test(arguments: [
        "http://as.example", "http://10.0.0.1", "https://as.example?x=1", "https://as.example#x",
        "ftp://as.example",
    ])
    func `nothing is asked of an issuer in the open or with a query`(issuer: String) async throws {
        let client = ScriptedHTTPClient(.json(Self.document))
        let error = await #expect(throws: OAuthError.self) {
            try await Self.discovery(client).discover(try address(issuer))
        }
        #expect(error?.code == "discovery_failed")
        #expect(client.requests.isEmpty)
    }

    static let failures: [(HTTPResponse, strict: String, lenient: String)] = [
        (answer(404, "application/json", "{}"), "oauth_unsupported", "oauth_unsupported"),
        (answer(404, "text/html", "<p>"), "oauth_unsupported", "oauth_unsupported"),
        (answer(410, nil), "oauth_unsupported", "oauth_unsupported"),
        (answer(200, "text/html", "<p>login"), "oauth_unsupported", "discovery_failed"),
        (answer(200, "TEXT/HTML; charset=utf-8"), "oauth_unsupported", "discovery_failed"),
        (answer(301, nil), "oauth_unsupported", "discovery_failed"),
        (answer(302, "text/html"), "oauth_unsupported", "discovery_failed"),
        (answer(307, "application/json", "{}"), "oauth_unsupported", "discovery_failed"),
        (answer(200, nil, "{}"), "discovery_failed", "discovery_failed"),
        (answer(200, "text/plain", "{}"), "discovery_failed", "discovery_failed"),
        (answer(200, "application/jwt", "{}"), "discovery_failed", "discovery_failed"),
        (answer(200, "application/json", "<p>"), "discovery_failed", "discovery_failed"),
        (answer(200, "application/json", "[]"), "discovery_failed", "discovery_failed"),
        (answer(200, "application/json"), "discovery_failed", "discovery_failed"),
        (answer(201, "application/json", "{}"), "discovery_failed", "discovery_failed"),
        (answer(401, "application/json", "{}"), "discovery_failed", "discovery_failed"),
        (answer(429, "application/json", "{}"), "discovery_failed", "discovery_failed"),
        (answer(500, "text/html", "<p>"), "discovery_failed", "discovery_failed"),
        (answer(503, "application/json", "{}"), "discovery_failed", "discovery_failed"),
    ]

    @Test(arguments: failures)
    func `an answer that is no document has a verdict`(
        response: HTTPResponse, strict: String, lenient: String
    ) async throws {
        for (pageMeansUnsupported, verdict) in [(true, strict), (false, lenient)] {
            let client = ScriptedHTTPClient(response)
            let discovery = Self.discovery(client, pageMeansUnsupported: pageMeansUnsupported)
            let error = await #expect(throws: OAuthError.self) {
                try await discovery.discover(try address("https://as.example"))
            }
            #expect(error?.code == verdict)
            #expect(client.requests.count == 1, "no redirect is followed, nothing asked twice")
        }
    }

    @Test(arguments: [
        HTTPClientError.unreachable(host: "as.example", reason: "no route"),
        .insecureConnection(host: "as.example", reason: "certificate has expired"),
        .answerTooLarge(host: "as.example", limit: 262_144),
        .answerUnknown(host: "as.example", reason: "timeout"),
    ])
    func `no answer is told with its reason`(failure: HTTPClientError) async throws {
        let client = ScriptedHTTPClient([.failure(failure)])
        let error = await #expect(throws: OAuthError.self) {
            try await Self.discovery(client).discover(try address("https://as.example"))
        }
        #expect(
            error
                == .discoveryFailed(host: "https://as.example", reason: failure.description))
    }

    @Test func `a cancelled request is a cancelled task`() async throws {
        let client = ScriptedHTTPClient([.failure(.cancelled)])
        await #expect(throws: CancellationError.self) {
            try await Self.discovery(client).discover(try address("https://as.example"))
        }
    }
}
