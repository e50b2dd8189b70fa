import Engine
import ProviderKit
import SimulatedService
import StripeProvider
import StripeSimulator
import Testing

/// Stripe through an instance, from the pasted key to nothing.
@Suite("A life with Stripe")
struct LifeTests {
    private static func live(
        _ environment: [String: String] = [:],
        _ body: (InstanceDesk, StripeSimulator) async throws -> Void
    ) async throws {
        let stripe = try StripeSimulator.start()
        do {
            try await InstanceDesk.open(Stripe(), environment) { desk in
                try await body(desk, stripe)
                #expect(!desk.lines.contains(StripeSimulator.restrictedKey))
                #expect(!desk.lines.contains("whsec_"))
            }
        } catch {
            await stripe.stop()
            throw error
        }
        await stripe.stop()
    }

    private static func event(
        _ id: String, _ type: String, _ object: JSONValue
    ) -> JSONValue {
        [
            "id": .string(id), "object": "event", "type": .string(type), "created": 1_492_774_577,
            "livemode": false, "data": ["object": object],
        ]
    }

    @Test func `connect, take events, mend a drift and leave, and nothing is left`() async throws {
        try await Self.live { desk, stripe in
            let outcome = try await desk.connect(StripeSimulator.restrictedKey, at: stripe.origin)
            #expect(outcome.verdict == .connected)
            #expect(outcome.granted?.fields["mode"] == "test")
            #expect(outcome.notes.contains { $0.contains("test mode") })
            #expect(
                !"\(outcome.json)".contains("rk_test_") && !"\(outcome.json)".contains("whsec_"))
            #expect(stripe.enabled().count == 1)
            try await takeEvents(desk, stripe)
            try await mend(desk, stripe)
            let left = try await desk.call("POST", of: "disconnect", [:])
            #expect(left.status == 200, "\(left.json)")
            #expect(stripe.endpoints == [])
            #expect(try await desk.credentials() == [])
        }
    }

    private func takeEvents(_ desk: InstanceDesk, _ stripe: StripeSimulator) async throws {
        let paid = Self.event("evt_1", "invoice.paid", ["id": "in_1", "customer": "cus_ada"])
        let born = Self.event(
            "evt_2", "customer.created", ["id": "cus_bob", "email": "b@x.example"])
        let nobody = Self.event("evt_3", "charge.refunded", ["id": "ch_1", "customer": nil])
        let expanded = Self.event(
            "evt_5", "invoice.paid",
            ["id": "in_2", "customer": ["id": "cus_eve", "object": "customer"]])
        for event in [paid, born, nobody, expanded, paid] {
            #expect(try await stripe.emit(event, through: desk.ports).map(\.status) == [200])
        }
        let forged = Self.event("evt_4", "invoice.paid", ["customer": "cus_mallory"])
        for secret in ["whsec_guessed", ""] {
            let answers = try await stripe.emit(forged, through: desk.ports, secret: secret)
            #expect(answers.map(\.status) == [401])
        }
        let events = try await desk.events()
        let users = events.map { $0["userId"]?.string ?? "?" }
        #expect(users.sorted() == ["", "cus_ada", "cus_bob", "cus_eve"])
        let first = try #require(events.first { $0["userId"] == "cus_ada" })
        #expect(first["event"] == "invoice.paid" && first["id"] == "evt_1")
        #expect(first["occurredAt"] == "2017-04-21T11:36:17.000Z")
        #expect(first["properties"]?["id"] == "in_1")
    }

    private func mend(_ desk: InstanceDesk, _ stripe: StripeSimulator) async throws {
        let id = try #require(stripe.endpoints.first?["id"]?.string)
        #expect(try await desk.call("GET", of: "drift").json["drift"] == false)
        stripe.edit(id) { endpoint in
            endpoint.isEnabled = false
            return true
        }
        let drift = try await desk.call("GET", of: "drift").json
        #expect(drift["drift"] == true && drift["changes"]?.array?.count == 1)
        #expect(try await desk.call("POST", of: "provision", [:]).status == 200)
        #expect(stripe.enabled().map { $0["id"] } == [.string(id)])
        #expect(try await desk.call("POST", of: "provision", ["undo": true]).status == 200)
        #expect(stripe.enabled() == [])
        #expect(try await desk.call("POST", of: "provision", [:]).status == 200)
    }

    @Test func `after a lost secret the next run has one endpoint whose events are taken`()
        async throws
    {
        try await Self.live { desk, stripe in
            stripe.service.add(
                ServiceFault("POST", times: 1, performs: true, answer: HTTPResponse(status: 502)))
            let outcome = try await desk.connect(StripeSimulator.restrictedKey, at: stripe.origin)
            #expect(outcome.verdict == .connectedNoProvision && stripe.enabled().count == 1)
            #expect(try await desk.call("POST", of: "provision", [:]).status == 200)
            #expect(stripe.enabled().count == 1 && stripe.endpoints.count == 1)
            let event = Self.event("evt_1", "invoice.paid", ["customer": "cus_ada"])
            #expect(try await stripe.emit(event, through: desk.ports).map(\.status) == [200])
        }
    }

    @Test func `a hand-made endpoint of the environment's secret is adopted, and left disabled`()
        async throws
    {
        let url = "https://\(InstanceDesk.publicHost)/v1/webhooks/stripe"
        let secret = "whsec_environment0123456789"
        try await Self.live(["STRIPE_WEBHOOK_SECRET": secret]) { desk, stripe in
            let id = stripe.seed(url, events: ["payout.paid"])
            let outcome = try await desk.connect(StripeSimulator.restrictedKey, at: stripe.origin)
            #expect(outcome.verdict == .connected)
            #expect(stripe.enabled().map { $0["id"] } == [.string(id)])
            let event = Self.event("evt_1", "payout.paid", ["id": "po_1"])
            let answers = try await stripe.emit(event, through: desk.ports, secret: secret)
            #expect(answers.map(\.status) == [200])
            #expect(try await desk.call("POST", of: "disconnect", [:]).status == 200)
            #expect(stripe.endpoints.map { $0["status"] } == ["disabled"])
        }
    }

    @Test(arguments: ["rk_test_of_nobody0000", StripeSimulator.emptyKey, "pk_test_0123456789"])
    func `a key that does not do is not stored`(key: String) async throws {
        try await Self.live { desk, stripe in
            let error = await #expect(throws: ConnectError.self) {
                try await desk.connect(key, at: stripe.origin)
            }
            #expect(error.map { "\($0)".contains(key) } == false)
            let stored = try await desk.credentials()
            #expect(stored == [])
            #expect(stripe.endpoints == [])
        }
    }
}
