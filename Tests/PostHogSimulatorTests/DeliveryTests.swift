import Engine
import PostHogSimulator
import Testing

@Suite struct DeliveryTests {
    private static let url = "https://hogsend.example/v1/webhooks/posthog"

    /// A receiver that answers each call with the next status, and what reached it.
    private final class Receiver: Sendable {
        let received = Locked<[ServerRequest]>([])
        let server: MicroHTTPServer

        init(answering statuses: [Int] = [200]) throws {
            let received = received
            let socket = try ListeningSocket(.loopbackIPv4, port: 0)
            server = try MicroHTTPServer(on: [socket]) { request in
                let place = received.withLock { received in
                    received.append(request)
                    return received.count - 1
                }
                return HTTPResponse(status: statuses[min(place, statuses.count - 1)])
            }
        }
    }

    private func deliver(
        _ event: CapturedEvent, to destination: JSONValue, answering statuses: [Int] = [200]
    ) async throws -> (deliveries: [DeliveryReport], requests: [ServerRequest]) {
        let receiver = try Receiver(answering: statuses)
        let simulator = try await PostHogSimulator.start()
        simulator.switches.hosts = ["hogsend.example:443": "127.0.0.1:\(receiver.server.ports[0])"]
        simulator.switches.retryDelay = 0.01
        simulator.seed(destination)
        let deliveries = await simulator.emit(event)
        await simulator.stop()
        await receiver.server.stop()
        return (deliveries, receiver.received.withLock { $0 })
    }

    @Test func `an event of an identified person arrives with its secret`() async throws {
        let event = CapturedEvent(
            "signed_up", distinctID: "ada", properties: ["plan": "pro"],
            personProperties: ["email": "ada@example.com"])
        let (deliveries, requests) = try await deliver(
            event, to: DestinationSeed.compliant(url: Self.url, secret: "s3cret"))
        #expect(deliveries.map(\.outcome) == [.delivered])
        let request = try #require(requests.first)
        #expect(request.headers["Host"] == "hogsend.example")
        #expect(request.headers["x-posthog-webhook-secret"] == "s3cret")
        let body = try #require(JSONValue(decoding: request.body))
        #expect(body["event"]?["distinct_id"] == "ada")
        #expect(body["event"]?["properties"]?["plan"] == "pro")
        #expect(body["person"]?["name"] == "ada@example.com")
    }

    @Test func `the filter leaves anonymous events out`() async throws {
        let event = CapturedEvent("$pageview", distinctID: "anon", identified: false)
        let (deliveries, requests) = try await deliver(
            event, to: DestinationSeed.compliant(url: Self.url, secret: "s"))
        #expect(deliveries.isEmpty)
        #expect(requests.isEmpty)
    }

    @Test func `old code sends the payload`() async throws {
        let (_, requests) = try await deliver(
            CapturedEvent("x", distinctID: "ada"),
            to: DestinationSeed.legacy(url: Self.url, secret: "s"))
        #expect(JSONValue(decoding: requests.first?.body ?? Data())?["event"]?["event"] == "x")
    }

    @Test func `only some failures are tried again and three times is all`() async throws {
        let event = CapturedEvent("x", distinctID: "ada")
        let destination = DestinationSeed.compliant(url: Self.url, secret: "s")
        let recovered = try await deliver(event, to: destination, answering: [503, 200])
        #expect(recovered.deliveries.map(\.attempts) == [2])
        let hopeless = try await deliver(event, to: destination, answering: [429])
        #expect(hopeless.deliveries.map(\.attempts) == [3])
        let refused = try await deliver(event, to: destination, answering: [401])
        #expect(refused.deliveries.map(\.attempts) == [1])
        let redirected = try await deliver(event, to: destination, answering: [302])
        #expect(redirected.deliveries.map(\.outcome) == [.delivered])
    }

    @Test func `a private address is not called`() async throws {
        let (deliveries, _) = try await deliver(
            CapturedEvent("x", distinctID: "ada"),
            to: DestinationSeed.compliant(
                url: "http://localhost:1/v1/webhooks/posthog", secret: "s"))
        #expect(deliveries.map(\.error) == ["Hostname is not allowed"])
    }
}
