import Engine
import PostHogSimulator
import Testing

@testable import PostHogProvider

@Suite("A test event through PostHog")
struct DestinationTrialTests {
    private static let event = TestEvent(id: "0190a0b0-c0d0-8000-8000-00000000000a")

    /// Sends one round; `status` is what the receiver answers.
    private static func send(
        over prior: JSONValue? = nil, status: Int = 200, delay: Duration = .zero,
        provisions: Bool = true, switches change: (inout Switches) -> Void = { _ in },
        meanwhile: (SimulatedPostHog) async throws -> Void = { _ in }
    ) async throws -> (TestDelivery, [ServerRequest], SimulatedPostHog) {
        let received = Locked<[ServerRequest]>([])
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        let server = try MicroHTTPServer(on: [socket]) { request in
            received.withLock { $0.append(request) }
            try? await Task.sleep(for: delay)
            return HTTPResponse(status: status)
        }
        var switches = Switches()
        switches.hosts = ["hogsend.example:443": "127.0.0.1:\(server.ports.first ?? 0)"]
        change(&switches)
        var result: (TestDelivery, SimulatedPostHog)?
        try await SimulatedPostHog.run(switches: switches) { posthog in
            if let prior { posthog.simulator.seed(prior) }
            if provisions { _ = try await posthog.provision() }
            try await meanwhile(posthog)
            let send = try #require(try await PostHog().trial(posthog.context))
            result = (try await send(event), posthog)
            #expect(posthog.simulator.violations == [])
        }
        await server.stop(grace: .milliseconds(10))
        let (delivery, posthog) = try #require(result)
        return (delivery, received.withLock { $0 }, posthog)
    }

    @Test func `it comes with the id where it is looked for, and with the secret`() async throws {
        let (delivery, requests, _) = try await Self.send()
        #expect(delivery == .answered(status: 200) && requests.count == 1)
        let source = try #require(PostHog().webhook)
        let request = try #require(requests.first)
        let body = JSONValue(decoding: request.body)
        func value(_ path: JSONPath) -> JSONValue? { path.names.reduce(body) { $0?[$1] } }
        #expect(request.headers["x-posthog-webhook-secret"] == ProvisionContext.secret)
        #expect(source.id.flatMap(value) == .string(Self.event.id))
        #expect(source.occurredAt.flatMap(value) == .string(Self.event.at.iso8601))
        #expect(value(source.properties)?["hogsend_test"] == true)
        #expect(source.skippedWhenFalse.flatMap(value) == true)
        #expect(source.personProperties.flatMap(value) == [:])
    }

    @Test func `it changes nothing at PostHog`() async throws {
        var before: [JSONValue] = []
        let (_, _, posthog) = try await Self.send(meanwhile: {
            before = $0.simulator.destinations
        })
        #expect(posthog.simulator.destinations == before)
        #expect(posthog.simulator.captured.isEmpty)
        #expect(posthog.only["inputs"]?["debug"]?["value"] == false)
    }

    @Test func `the user's own filters are no obstacle`() async throws {
        let prior = DestinationSeed.renamed(
            url: ProvisionContext.webhook, secret: ProvisionContext.secret)
        let (delivery, requests, _) = try await Self.send(over: prior)
        #expect(delivery == .answered(status: 200) && requests.count == 1)
        #expect(requests.first?.headers["X-Team"] == "growth")
    }

    @Test(arguments: [301, 302, 400, 401, 404, 429, 500, 503], [false, true])
    func `the status is told from either template`(status: Int, isNew: Bool) async throws {
        let (delivery, requests, _) = try await Self.send(status: status) {
            $0.redirectsFail = isNew
        }
        #expect(delivery == .answered(status: status) && requests.count == 1)
    }

    @Test func `an address that is private, dead or slow is told apart`() async throws {
        let (`private`, none, _) = try await Self.send { $0.hosts = [:] }
        #expect(`private` == .forbidden("Hostname is not allowed") && none.isEmpty)
        let (dead, _, _) = try await Self.send { $0.hosts = ["hogsend.example:443": "127.0.0.1:1"] }
        guard case .unreachable(let words?) = dead else {
            Issue.record("\(dead)")
            return
        }
        #expect(words.contains("127.0.0.1"))
        let (slow, requests, _) = try await Self.send(delay: .seconds(2)) {
            $0.deliveryTimeout = 0.2
        }
        #expect(slow == .timedOut("The operation was aborted due to timeout"))
        #expect(requests.count == 1)
    }

    @Test func `a destination that is gone, elsewhere or off is not run`() async throws {
        let (gone, _, _) = try await Self.send(provisions: false)
        #expect(gone == .failed("no destination posts to this instance"))
        let elsewhere = DestinationSeed.compliant(
            url: "https://other.example/v1/webhooks/posthog", secret: "s")
        let (other, _, _) = try await Self.send(over: elsewhere, provisions: false)
        #expect(other == .failed("no destination posts to this instance"))
        let (off, requests, _) = try await Self.send(meanwhile: { posthog in
            try await posthog.edit(posthog.only["id"]?.string ?? "", ["enabled": false])
        })
        #expect(off == .failed("the destination is not enabled") && requests.isEmpty)
    }

    @Test(arguments: [400, 403, 500, 504])
    func `a PostHog that refuses the run throws`(status: Int) async throws {
        await #expect(throws: ProvisionError.self) {
            try await Self.send { $0.invocationRefusal = status }
        }
    }

    // MARK: Answers

    private static func delivery(_ status: JSONValue?, _ messages: String...) -> TestDelivery {
        var members: [String: JSONValue] = [
            "logs": .array(messages.map { ["message": .string($0)] })
        ]
        members["status"] = status
        return InvocationAnswer(.object(members)) { $0.replacing("hunter2", with: "[redacted]") }
            .delivery
    }

    @Test func `what is not understood counts as sent, and a failure as one`() {
        #expect(InvocationAnswer([:]) { $0 }.delivery == .sent)
        #expect(InvocationAnswer(["status": 7, "logs": "none"]) { $0 }.delivery == .sent)
        #expect(Self.delivery("success", "Function completed in 3ms.") == .sent)
        #expect(Self.delivery("weird", "Response, 2000, x") == .sent)
        #expect(Self.delivery("error", "something new") == .failed(nil))
        #expect(Self.delivery("skipped", "Response, 200, x") == .leftOut)
    }

    @Test(
        arguments: [
            ("Hostname is not allowed", .forbidden("Hostname is not allowed")),
            ("Internal hostname", .forbidden("Internal hostname")),
            ("Invalid hostname", .unreachable("Invalid hostname")),
            ("self-signed certificate", .unreachable("self-signed certificate")),
            ("Connect Timeout Error", .unreachable("Connect Timeout Error")),
            (
                "The operation was aborted due to timeout",
                .timedOut("The operation was aborted due to timeout")
            ),
            ("hunter2 a.b\u{1B}[2J", .unreachable("[redacted] a.b [2J")), ("", .unreachable(nil)),
        ] as [(String, TestDelivery)])
    func `a request without an answer is judged by its reason`(
        reason: String, expected: TestDelivery
    ) {
        let log =
            "HTTP fetch failed on attempt 1 with status code (none)."
            + (reason.isEmpty ? "" : " Error: \(reason).")
        #expect(Self.delivery("error", log) == expected)
        #expect(Self.delivery("success", log + " Retrying.") == expected)
        #expect(Self.delivery("success", log + " Retrying in 1234ms.") == expected)
        let thrown = "Error executing function on event u: Error(Webhook failed with status 500: x)"
        #expect(Self.delivery("error", log, thrown) == expected)
    }

    @Test func `a stranger's body cannot pretend to be a status`() {
        let body = "Response, 200, HTTP fetch failed on attempt 1 with status code 401."
        #expect(Self.delivery("success", "Request, https://x, {}", body) == .answered(status: 200))
        #expect(Self.delivery("success", "x Response, 200, y") == .sent)
    }
}
