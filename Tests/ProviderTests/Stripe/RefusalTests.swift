import Engine
import ProviderKit
import SimulatedService
import StripeProvider
import StripeSimulator
import Testing

@Suite("Refusals of Stripe")
struct RefusalTests {
    /// What planning and applying say of one answer; nothing of it may hold a key.
    private static func refusal(
        of method: String, _ answer: HTTPResponse
    ) async throws -> ProvisionError? {
        var found: ProvisionError?
        try await SimulatedStripe.run { stripe in
            stripe.simulator.service.add(ServiceFault(method, answer: answer))
            found = await #expect(throws: ProvisionError.self) { try await stripe.provision() }
            #expect(found?.description.contains("rk_") == false)
        }
        return found
    }

    @Test func `a key that is no longer taken is said to be none`() async throws {
        try await SimulatedStripe.run { stripe in
            let context = try stripe.context(key: "rk_test_revoked")
            await #expect(throws: ProvisionError.unauthorized(provider: "stripe")) {
                try await Stripe().plan(context)
            }
        }
    }

    @Test func `a key that may not write is told which permission it lacks`() async throws {
        try await SimulatedStripe.run { stripe in
            let context = try stripe.context(key: StripeSimulator.readingKey)
            let plan = try await Stripe().plan(context)
            await #expect(
                throws: ProvisionError.missingScope("rak_webhook_write", provider: "stripe")
            ) { try await Stripe().apply(plan, context) }
        }
    }

    @Test func `a refusal without a permission's name is one all the same`() async throws {
        let answer = HTTPResponse.stripe(403, "invalid_request_error", "No.")
        #expect(try await Self.refusal(of: "GET", answer) == .missingScope(nil, provider: "stripe"))
    }

    @Test func `a wait is told`() async throws {
        var answer = HTTPResponse.stripe(429, "invalid_request_error", "Too many requests.")
        answer.headers["Retry-After"] = "7"
        let error = try await Self.refusal(of: "GET", answer)
        #expect(
            error
                == .unexpectedAnswer(
                    step: "listing the webhook endpoints", status: 429,
                    detail: "Too many requests. Retry-After: 7 seconds"))
    }

    @Test func `a failure and a page are told by their status`() async throws {
        let page = HTTPResponse(status: 502, body: Data("<h1>Bad gateway</h1>".utf8))
        for answer in [page, .stripe(500, "api_error", "Sorry.")] {
            let error = try await Self.refusal(of: "POST", answer)
            #expect(error?.description.contains("got status \(answer.status)") == true)
            #expect(error?.description.contains("<h1>") == false)
        }
    }

    @Test func `a page, a redirect and another shape mean that there is no such API`()
        async throws
    {
        for answer in [
            HTTPResponse(status: 200, body: Data("<title>Log in</title>".utf8)),
            HTTPResponse(status: 302, headers: ["Location": "https://elsewhere.example/"]),
            .json(["data": 3]),
        ] {
            let error = try await Self.refusal(of: "GET", answer)
            #expect(error?.code == "unsupported-instance")
        }
    }

    @Test func `a full account is told in Stripe's words`() async throws {
        try await SimulatedStripe.run { stripe in
            for number in 0..<16 { stripe.simulator.seed("https://other.example/\(number)") }
            let error = await #expect(throws: ProvisionError.self) { try await stripe.provision() }
            #expect(error?.description.contains("maximum of 16") == true)
        }
    }

    @Test func `an answer without a secret, and a list without an end, are no use`() async throws {
        let made = HTTPResponse.json([
            "id": "we_1", "url": "https://x.example", "status": "enabled",
        ])
        #expect(
            try await Self.refusal(of: "POST", made)?.description.contains("no signing secret")
                == true)
        let row: JSONValue = ["id": "we_1", "url": "https://x.example"]
        let page = HTTPResponse.json(["data": [row], "has_more": true])
        #expect(
            try await Self.refusal(of: "GET", page)?.description.contains("does not end") == true)
    }

    @Test func `a field that Stripe does not keep is named`() async throws {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            let row = try #require(stripe.simulator.endpoints.first)
            let id = try #require(row["id"]?.string)
            stripe.simulator.edit(id) { endpoint in
                endpoint.isEnabled = false
                return true
            }
            var members = row.object ?? [:]
            members["status"] = "disabled"
            stripe.simulator.service.add(ServiceFault("POST", answer: .json(.object(members))))
            let error = await #expect(throws: ProvisionError.self) { try await stripe.provision() }
            #expect(error?.description.contains("did not keep the field 'enabled'") == true)
        }
    }

    @Test func `one that goes while it is written is looked for once more`() async throws {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            let id = try #require(stripe.only["id"]?.string)
            stripe.simulator.edit(id) { endpoint in
                endpoint.isEnabled = false
                return true
            }
            stripe.simulator.service.add(
                ServiceFault(
                    "POST", times: 1, answer: .stripe(404, "invalid_request_error", "No such.")))
            #expect(try await stripe.provision().action == .updated)
            #expect(stripe.isSecretRight)
        }
    }
}
