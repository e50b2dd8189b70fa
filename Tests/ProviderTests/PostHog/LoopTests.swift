import Engine
import PostHogProvider
import PostHogSimulator
import Testing

@Suite("The loop")
struct LoopTests {
    /// Provisions over `prior` and captures an event of an identified and an anonymous visitor.
    private static func deliveries(over prior: JSONValue?) async throws -> [ServerRequest] {
        let received = Locked<[ServerRequest]>([])
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        let server = try MicroHTTPServer(on: [socket]) { request in
            received.withLock { $0.append(request) }
            return HTTPResponse(status: 200)
        }
        var switches = Switches()
        switches.hosts = ["hogsend.example:443": "127.0.0.1:\(server.ports.first ?? 0)"]
        try await SimulatedPostHog.run(switches: switches) { posthog in
            if let prior { posthog.simulator.seed(prior) }
            _ = try await posthog.provision()
            await posthog.simulator.emit(CapturedEvent("signed_up", distinctID: "ada"))
            await posthog.simulator.emit(
                CapturedEvent("$pageview", distinctID: "x", identified: false))
        }
        await server.stop()
        return received.withLock { $0 }
    }

    private static let priors: [JSONValue?] = [
        nil,
        DestinationSeed.legacy(
            url: "https://old.example/v1/webhooks/posthog", secret: "theirs"),
        DestinationSeed.drifted(url: ProvisionContext.webhook),
    ]

    @Test(arguments: priors.indices)
    func `brings what the webhook source reads, and no anonymous visitor`(
        index: Int
    ) async throws {
        let requests = try await Self.deliveries(over: Self.priors[index])
        #expect(requests.count == 1)
        let request = try #require(requests.first)
        let source = try #require(PostHog().webhook)
        #expect(request.path == "/v1/webhooks/posthog")
        #expect(request.headers["x-posthog-webhook-secret"] == ProvisionContext.secret)
        let body = JSONValue(decoding: request.body)
        func value(_ path: JSONPath) -> JSONValue? {
            path.names.reduce(body) { $0?[$1] }
        }
        #expect(source.userID.flatMap { value($0) } == "ada")
        #expect(value(source.event) == "signed_up")
        #expect(source.id.flatMap { value($0) }?.string?.isEmpty == false)
        #expect(source.occurredAt.flatMap { value($0) }?.string?.hasSuffix("Z") == true)
        #expect(value(source.properties)?.object != nil)
        #expect(source.personProperties.flatMap { value($0) }?.object != nil)
        #expect(source.skippedWhenFalse.flatMap { value($0) } == true)
    }
}
