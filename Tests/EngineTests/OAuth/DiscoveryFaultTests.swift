import Engine
import ProviderKit
import Testing

@Suite("Metadata discovery over the wire")
struct DiscoveryFaultTests {
    static let faults: [(EndpointAnswer, verdict: String, words: String)] = [
        (.page(), "discovery_failed", "not application/json"),
        (.page(status: 404), "oauth_unsupported", "has no OAuth server"),
        (.document([:], status: 410), "oauth_unsupported", "has no OAuth server"),
        (.redirect(301, to: "/elsewhere"), "discovery_failed", "status 301"),
        (.redirect(302, to: "/elsewhere"), "discovery_failed", "status 302"),
        (.redirect(307, to: "/elsewhere"), "discovery_failed", "status 307"),
        (.document(["error": "server_error"]), "discovery_failed", "'issuer' is missing"),
        (.proper.header("Content-Type", "text/plain"), "discovery_failed", "not application/json"),
        (.proper.header("Content-Type", nil), "discovery_failed", "not application/json"),
        (.proper.body("{\"issuer\":"), "discovery_failed", "not a JSON object"),
        (.document(["issuer"]), "discovery_failed", "not a JSON object"),
        (.later(503), "discovery_failed", "status 503"),
        (.changing(["issuer": "https://evil.example"]), "issuer_mismatch", "evil.example"),
        (.oversized(by: 256 << 10), "discovery_failed", "larger than 262144 bytes"),
        (
            .proper.delivered(.dripping(every: .milliseconds(10))), "discovery_failed",
            TokenFaultTests.unknown
        ),
        (.proper.delivered(.silent), "discovery_failed", TokenFaultTests.unknown),
        (.proper.delivered(.cutOff(.beforeHeaders)), "discovery_failed", TokenFaultTests.unknown),
        (.proper.delivered(.cutOff(.inHeaders)), "discovery_failed", TokenFaultTests.unknown),
        (.proper.delivered(.cutOff(.inBody)), "discovery_failed", TokenFaultTests.unknown),
    ]

    @Test(arguments: faults.indices)
    func `a failed discovery is told, asked once, and ends before the browser opens`(
        index: Int
    ) async throws {
        let (answer, verdict, words) = Self.faults[index]
        try await LoginStage.set { stage in
            stage.server.script.metadata = [answer, .proper]
            let start = ContinuousClock.now
            let refusal = await stage.refusal(client: Hurried(limit: .milliseconds(600)))
            #expect(start.duration(to: .now) < .seconds(5))
            #expect(refusal?.code == verdict)
            let sentence = refusal?.description ?? ""
            #expect(sentence.contains(words), "\(sentence)")
            #expect(
                stage.server.requests.map(\.path) == ["/.well-known/oauth-authorization-server"])
        }
    }

    @Test func `an issuer with a path is found, believed and kept, slash for slash`() async throws {
        try await LoginStage.set { stage in
            let issuer = stage.server.origin.absoluteString + "/tenant"
            stage.server.script.issuer = issuer
            let outcome = try await stage.connect(host: issuer)
            #expect(outcome.granted?.issuer == issuer)
            #expect(
                stage.server.requests.map(\.path) == [
                    "/.well-known/oauth-authorization-server/tenant", "/tenant/authorize",
                    "/tenant/token",
                ])
            stage.server.script.issuer = issuer + "/"
            await #expect(throws: ConnectError.self) { try await stage.connect(host: issuer) }
        }
    }

    @Test func `a document with members that nobody knows will do`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.metadata = [
                .changing(["x": [1, nil, ["y": [:]]], "scopes_supported": 7])
            ]
            _ = try await stage.connect()
            #expect(stage.stored != nil)
        }
    }
}
