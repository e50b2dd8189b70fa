import Engine
import ProviderKit
import StripeProvider
import StripeSimulator
import Testing

/// A simulated Stripe as the provider contract wants a service.
private final class StripeService: ContractService {
    private let simulator: StripeSimulator

    init() throws { simulator = try StripeSimulator.start() }

    var host: URL { simulator.origin }
    var credential: [String: JSONValue] { ["apiKey": .string(StripeSimulator.restrictedKey)] }

    func destinations() async -> [String] {
        simulator.enabled().compactMap { $0["url"]?.string }
    }

    func deliverySecret() async -> Secret? {
        simulator.enabled().first?["id"]?.string.flatMap { simulator.secret(of: $0) }
            .map { Secret($0) }
    }

    func state() async -> JSONValue { .array(simulator.endpoints) }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        try await CurlClient().send(request)
    }

    func stop() async { await simulator.stop() }
}

@Suite("Stripe's contract")
struct ContractTests {
    @Test func `it is kept, with a simulated service`() async throws {
        try await ProviderContract(Stripe()) { _ in try StripeService() }.check()
    }
}
