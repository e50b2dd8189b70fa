import Engine
import PostHogProvider
import Testing

@Suite("PostHog")
struct PostHogTests {
    private let provider = PostHog()

    @Test func `its constants are those that are registered and published`() {
        #expect(provider.id == "posthog")
        #expect(provider.redirectPorts == [8423, 8424, 8425])
        #expect(provider.callbackPath == "/callback")
        #expect(provider.authorizationParameters == ["required_access_level": "project"])
        #expect(
            provider.authentication
                == .authorizationCode(
                    clientID: "https://hogsend.com/.well-known/hogsend-posthog-client.json"))
        #expect(
            provider.scopes.map(\.rawValue).joined(separator: " ")
                == "person:read person:write project:read organization:read hog_function:read"
                + " hog_function:write feature_flag:read cohort:read cohort:write query:read"
                + " insight:read event_definition:read property_definition:read")
        #expect(provider.hosts.map(\.address).first == "https://eu.posthog.com")
        #expect(provider.routes?.provision == "/v1/admin/analytics/provision-loop")
        #expect(provider.webhook?.verification == .sharedSecret(header: "x-posthog-webhook-secret"))
        #expect(provider.unsupportedHint?.contains("POSTHOG_PERSONAL_API_KEY") == true)
    }

    @Test func `every feature needs scopes that are asked for, and no others are asked of a key`() {
        for feature in provider.features {
            #expect(!feature.scopes.isEmpty)
            #expect(Set(feature.scopes).isSubset(of: provider.scopes))
        }
        let needed = provider.featureScopes.map(\.rawValue).joined(separator: " ")
        #expect(needed == "person:read project:read hog_function:read hog_function:write")
        #expect(provider.unsupportedHint?.contains("the scopes \(needed) in PostHog's") == true)
    }

    @Test(arguments: [
        (["project:read", "hog_function:write"], ["person reads"]),
        (["person:write", "project:write", "hog_function:write"], []),
        (["person:read"], ["the webhook destination", "capture without POSTHOG_API_KEY"]),
        (["person:read", "project:read", "hog_function:read"], ["the webhook destination"]),
    ])
    func `a gap switches features off`(granted: [String], off: [String]) {
        let gap = provider.scopeGap(of: granted.map { Scope(rawValue: $0) })
        #expect(provider.features(lacking: gap).map(\.name) == off)
    }

    @Test func `its client id is the address of a document`() throws {
        let id = try #require(provider.authentication.clientID)
        let url = try #require(URL(address: id), "no user, query or fragment")
        #expect(url.scheme == "https" && url.port == nil)
        let names = url.path().split(separator: "/")
        #expect(!names.isEmpty && !names.contains(".") && !names.contains(".."))
        #expect(url.absoluteString == id)
    }

    @Test func `its client document is what servers read, and small enough`() throws {
        let document = try #require(ClientMetadata(of: provider)).json
        #expect(
            document == [
                "client_id": "https://hogsend.com/.well-known/hogsend-posthog-client.json",
                "client_name": "Hogsend",
                "redirect_uris": [
                    "http://127.0.0.1:8423/callback", "http://127.0.0.1:8424/callback",
                    "http://127.0.0.1:8425/callback",
                ],
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"], "token_endpoint_auth_method": "none",
                "scope": .string(provider.scopes.map(\.rawValue).joined(separator: " ")),
            ])
        #expect(document.indented.utf8.count <= 5120, "the most that PostHog reads")
    }

    @Test func `every variable that is read is declared`() throws {
        let package = try #require(#filePath.firstRange(of: "/Tests/")).lowerBound
        let folder = "\(#filePath[..<package])/Sources/Providers/PostHog"
        let texts = try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        let read = texts.flatMap { text in
            text.matches(of: /(?:\[|address\(|header\(|isSet\()"(POSTHOG_[A-Z_]+)"/)
                .map { String($0.1) }
        }
        #expect(Set(read) == Set(provider.variables.map(\.name)))
    }

    @Test func `the registry takes it`() throws {
        #expect(try ProviderRegistry([provider]).ids == ["posthog"])
    }

    @Test(arguments: [
        (["project:write"], "project:read", true), (["project:read"], "project:read", true),
        (["project:read"], "project:write", false), (["person:write"], "project:read", false),
        (["*:read"], "project:read", false), ([], "project:read", false),
    ])
    func `writing covers reading`(granted: [String], scope: String, covered: Bool) {
        let granted = Set(granted.map { Scope(rawValue: $0) })
        #expect(provider.grant(granted, covers: Scope(rawValue: scope)) == covered)
    }

    @Test func `a grant in which reading was folded into writing has no gap`() {
        let folded = provider.scopes.filter { $0 != "person:read" && $0 != "cohort:read" }
        #expect(provider.scopeGap(of: folded).isEmpty)
        #expect(provider.scopeGap(of: []) == provider.scopes)
    }

    @Test(
        arguments: [
            ([12_345], [], nil), ([1, 2], [], "2 projects"),
            ([], [], "everything that you can see in PostHog"),
            ([], ["a"], "every project of one organization"),
            ([], ["a", "b"], "every project of 2 organizations"),
        ] as [([Int64], [String], String?)])
    func `a grant for more than one project is noted`(
        teams: [Int64], organizations: [String], extent: String?
    ) throws {
        let context = try ProvisionContext.fixture(
            api: Silent(), teams: teams, organizations: organizations)
        let notes = provider.notes(on: try #require(context.grant))
        #expect(
            notes
                == (extent.map {
                    [
                        "the grant covers \($0); to narrow it, connect again and pick one project"
                            + " on PostHog's consent page"
                    ]
                } ?? []))
    }

    private struct Silent: HTTPClient {
        func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
            throw .cancelled
        }
    }
}
