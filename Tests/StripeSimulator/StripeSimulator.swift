package import Engine
package import SimulatedService

/// A Stripe for tests, as far as webhook endpoints and their deliveries go
/// (<https://docs.stripe.com/api/webhook_endpoints>).
package struct StripeSimulator: Sendable {
    package static let restrictedKey = "rk_test_simulated_key_of_the_tests_0001"
    /// A key that may read endpoints and not write them.
    package static let readingKey = "rk_test_simulated_key_that_only_reads_2"
    /// A key without permissions.
    package static let emptyKey = "rk_test_simulated_key_for_nothing_00003"

    package let service: SimulatedService<StripeAccount>

    /// Starts to listen on 127.0.0.1; port 0 takes any free one.
    package static func start(port: UInt16 = 0) throws -> StripeSimulator {
        StripeSimulator(
            service: try SimulatedService(StripeAccount(), port: port) { state, request in
                state.withLock { $0.respond(to: request) }
            })
    }

    package var origin: URL { service.origin }
    package func stop() async { await service.stop() }

    /// The endpoints as a list shows them, those that were made last first.
    package var endpoints: [JSONValue] {
        service.state.withLock { account in account.endpoints.reversed().map(\.json) }
    }

    /// The enabled endpoints whose address ends in that.
    package func enabled(at suffix: String = "/v1/webhooks/stripe") -> [JSONValue] {
        endpoints.filter {
            $0["status"] == "enabled" && $0["url"]?.string?.hasSuffix(suffix) == true
        }
    }

    /// Makes an endpoint as somebody does in the dashboard; answers its id.
    @discardableResult
    package func seed(
        _ url: String, events: [String] = ["*"], enabled: Bool = true,
        metadata: [String: String] = [:]
    ) -> String {
        service.state.withLock {
            $0.add(url: url, events: events, metadata: metadata, isEnabled: enabled).id
        }
    }

    /// What somebody else does to an endpoint meanwhile; false deletes it.
    package func edit(_ id: String, _ change: @Sendable (inout StripeEndpoint) -> Bool) {
        service.state.withLock { account in
            guard let place = account.endpoints.firstIndex(where: { $0.id == id }) else { return }
            if !change(&account.endpoints[place]) { account.endpoints.remove(at: place) }
        }
    }

    /// The signing secret of an endpoint, which Stripe shows once.
    package func secret(of id: String) -> String? {
        service.state.withLock { $0.endpoints.first { $0.id == id }?.secret }
    }

    /// Forgets which requests were made, as Stripe does after a day.
    package func forgetRequests() {
        service.state.withLock { $0.requests = [:] }
    }

    /// Sends an event to every enabled endpoint that takes its type, signed as Stripe signs; what
    /// they answered.
    package func emit(
        _ event: JSONValue, through ports: [String: UInt16], secret: String? = nil
    ) async throws -> [HTTPResponse] {
        let endpoints = service.state.withLock { $0.endpoints }
        var answers: [HTTPResponse] = []
        for endpoint in endpoints where endpoint.takes(event["type"]?.string ?? "") {
            guard let url = URL(string: endpoint.url) else { continue }
            let body = event.encoded()
            let request = HTTPRequest(
                "POST", url.tunnelled(ports),
                headers: [
                    "Content-Type": "application/json; charset=utf-8",
                    "Stripe-Signature": try Self.signature(body, secret ?? endpoint.secret),
                ], body: body)
            answers.append(try await CurlClient().send(request))
        }
        return answers
    }

    /// The header of a delivery (<https://docs.stripe.com/webhooks/signature>).
    private static func signature(_ body: Data, _ secret: String) throws -> String {
        let time = String(Int64(Date().timeIntervalSince1970))
        let code = try HMACSHA256.code(
            for: Array("\(time).".utf8) + body, key: Array(secret.utf8))
        return "t=\(time),v1=\(Hex.encode(code)),v0=\(Hex.encode(code.reversed()))"
    }
}
