import Engine
import ProviderKit
import SimulatedService
import StripeProvider
import StripeSimulator
import Testing

@Suite("Stripe")
struct StripeTests {
    private static func check(
        _ key: String, prefix: String? = nil
    ) async throws -> KeyReport {
        let simulator = try StripeSimulator.start()
        let keys = KeyCheck(
            api: KeyedClient(
                CurlClient(), .bearer(field: "key"), key: Secret(key), host: simulator.origin),
            host: simulator.origin, prefixes: prefix.map { ["apiKey": $0] } ?? [:])
        let result: Result<KeyReport, any Error>
        do {
            result = .success(try await Stripe().check(keys))
        } catch {
            result = .failure(error)
        }
        #expect(simulator.service.lines == ["GET /v1/webhook_endpoints"])
        await simulator.stop()
        return try result.get()
    }

    @Test func `it is one address and one key`() throws {
        let stripe = Stripe()
        #expect(try ProviderRegistry([stripe]).ids == ["stripe"])
        #expect(stripe.hosts.map(\.address) == ["https://api.stripe.com"])
        #expect(stripe.authentication.keyFields.map(\.name) == ["apiKey"])
        #expect(stripe.authentication.keyFields.map(\.isSecret) == [true])
        #expect(stripe.webhook?.mintsSecret == false)
    }

    @Test(arguments: [
        ("rk_live_", "live"), ("sk_live_", "live"), ("rk_test_", "test"), ("sk_test_", "test"),
    ])
    func `the beginning of the key tells the mode`(prefix: String, mode: String) async throws {
        let report = try await Self.check(StripeSimulator.readingKey, prefix: prefix)
        #expect(report == KeyReport(fields: ["mode": .string(mode)]))
        let grant = GrantSummary(
            scopes: [], fields: report.fields, host: try #require(URL(address: "https://x.example"))
        )
        #expect(Stripe().notes(on: grant).first?.contains("\(mode) mode") == true)
    }

    @Test func `a key that is none, and one that may not read endpoints, are refused`()
        async throws
    {
        await #expect(throws: ProvisionError.unauthorized(provider: "stripe")) {
            try await Self.check("rk_test_of_nobody")
        }
        await #expect(throws: ProvisionError.missingScope("rak_webhook_read", provider: "stripe")) {
            try await Self.check(StripeSimulator.emptyKey)
        }
    }

    @Test func `the environment says a key and signing secrets`() throws {
        let configuration = try Stripe().configuration(
            in: Environment([
                "STRIPE_API_KEY": "rk_test_0123456789", "STRIPE_WEBHOOK_SECRET": "whsec_1",
                "STRIPE_WEBHOOK_SECRET_PREVIOUS": "whsec_0",
            ]))
        #expect(configuration.personalKey == Secret("rk_test_0123456789"))
        #expect(configuration.host?.absoluteString == "https://api.stripe.com")
        #expect(configuration.webhookSecret == Secret("whsec_1"))
        #expect(configuration.previousWebhookSecret == Secret("whsec_0"))
        #expect(try Stripe().configuration(in: Environment([:])).host == nil)
        #expect(Stripe().variables.map(\.isSecret) == [true, true, true])
    }

    @Test(arguments: ["whsec_hunter2-0123456789", "rk_test_hunter2", "rk_test_hunter2 0123456789"])
    func `a key of the environment's keeps the rule of one that is pasted`(key: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Stripe().configuration(in: Environment(["STRIPE_API_KEY": key]))
        }
        #expect(error?.description.hasPrefix("STRIPE_API_KEY must ") == true)
        #expect(error?.hint?.contains("Webhook Endpoints: Write") == true)
        #expect("\(String(describing: error))".contains("hunter2") == false)
    }

    @Test(arguments: ["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET_PREVIOUS"])
    func `a variable that no header can carry is refused without its value`(name: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Stripe().configuration(in: Environment([name: "hunter2\nx"]))
        }
        #expect(error?.description.contains(name) == true)
        #expect(error?.description.contains("hunter2") == false)
    }
}
