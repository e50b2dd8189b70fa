import Engine
import ProviderKit
import SimulatedService
import StripeProvider
import StripeSimulator
import Testing

@Suite("Provisioning at Stripe")
struct ProvisioningTests {
    @Test func `an endpoint is made once, its secret kept, and then there is nothing to do`()
        async throws
    {
        try await SimulatedStripe.run { stripe in
            let plan = try await stripe.plan()
            #expect(plan.action == .created)
            #expect(plan.changes.map(\.field) == ["url", "enabled_events", "enabled"])
            #expect(stripe.simulator.endpoints == [])
            let report = try await stripe.provision()
            #expect(report.action == .created && report.changes == plan.changes)
            #expect(stripe.only["url"]?.string == SimulatedStripe.webhook)
            #expect(stripe.only["enabled_events"]?.array?.contains("customer.created") == true)
            #expect(stripe.isSecretRight)
            let again = try await stripe.provision()
            #expect(again.action == .unchanged && again.webhookSecret == nil)
            #expect(stripe.simulator.service.writes.count == 1)
        }
    }

    @Test func `requests pin the version, carry the key, and writes an idempotency key`()
        async throws
    {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            for request in stripe.simulator.service.requests {
                #expect(request.headers["Stripe-Version"] == "2024-06-20")
                #expect(request.headers["Authorization"]?.hasPrefix("Bearer rk_test_") == true)
            }
            let write = try #require(stripe.simulator.service.writes.first)
            let form = write.form
            #expect(write.headers["Content-Type"] == "application/x-www-form-urlencoded")
            let key = try #require(write.headers["Idempotency-Key"])
            #expect(form.contains { $0.name == "metadata[hogsend_request]" && $0.value == key })
        }
    }

    @Test func `more endpoints than fit a page are all looked at`() async throws {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            for number in 0..<250 { stripe.simulator.seed("https://other.example/\(number)") }
            #expect(try await stripe.provision().action == .unchanged)
            #expect(stripe.simulator.enabled().count == 1)
        }
    }

    @Test func `what the operator added stays, what was taken away comes back`() async throws {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            let id = try #require(stripe.only["id"]?.string)
            stripe.simulator.edit(id) { endpoint in
                endpoint.events = ["payout.paid", "customer.created"]
                endpoint.isEnabled = false
                return true
            }
            #expect(try await stripe.plan().changes.map(\.field) == ["enabled_events", "enabled"])
            let report = try await stripe.provision()
            #expect(report.action == .updated)
            let events = stripe.only["enabled_events"]?.array ?? []
            #expect(events.prefix(2) == ["payout.paid", "customer.created"])
            #expect(events.contains("invoice.paid") && stripe.isSecretRight)
            #expect(try await stripe.plan().action == .unchanged)
        }
    }

    @Test func `an endpoint that takes every event lacks none`() async throws {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            let id = try #require(stripe.only["id"]?.string)
            stripe.simulator.edit(id) { endpoint in
                endpoint.events = ["*"]
                return true
            }
            #expect(try await stripe.plan().action == .unchanged)
        }
    }

    @Test func `one whose secret nobody knows is replaced, its events taken over, and named`()
        async throws
    {
        try await SimulatedStripe.run { stripe in
            let old = stripe.simulator.seed(SimulatedStripe.webhook, events: ["payout.paid"])
            let plan = try await stripe.plan()
            #expect(plan.action == .created && plan.duplicates == [])
            #expect(plan.changes.last?.field == "duplicates.\(old).enabled")
            #expect(plan.changes.last?.after.contains("signing secret") == true)
            let report = try await stripe.provision()
            #expect(report.changes == plan.changes)
            #expect(stripe.only["id"]?.string != old && stripe.isSecretRight)
            #expect(stripe.only["enabled_events"]?.array?.contains("payout.paid") == true)
            #expect(try await stripe.plan().action == .unchanged)
        }
    }

    @Test func `of a list that has every type, names that it may not stand for are taken over`()
        async throws
    {
        try await SimulatedStripe.run { stripe in
            stripe.simulator.seed(
                SimulatedStripe.webhook, events: ["*", "invoice.paid", "thing.named"])
            try await stripe.provision()
            #expect(stripe.only["enabled_events"] == ["*", "thing.named"])
            #expect(stripe.isSecretRight)
            #expect(try await stripe.plan().action == .unchanged)
        }
        try await SimulatedStripe.run { stripe in
            stripe.simulator.seed(SimulatedStripe.webhook, events: ["*"])
            try await stripe.provision()
            #expect(stripe.only["enabled_events"] == ["*"])
        }
    }

    @Test func `every type in one list takes no name away from another`() async throws {
        try await SimulatedStripe.run { stripe in
            for events in [["*"], ["thing.named", "charge.refunded"]] {
                stripe.simulator.seed(SimulatedStripe.webhook, events: events)
            }
            try await stripe.provision()
            #expect(stripe.only["enabled_events"] == ["*", "thing.named"])
            #expect(try await stripe.plan().action == .unchanged)
        }
    }

    @Test func `one that somebody deleted is made anew`() async throws {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            let id = try #require(stripe.only["id"]?.string)
            stripe.simulator.edit(id) { _ in false }
            #expect(try await stripe.provision().action == .created)
            #expect(stripe.only["id"]?.string != id && stripe.isSecretRight)
        }
    }

    @Test func `with a secret of the environment an endpoint is adopted, and none is made`()
        async throws
    {
        try await SimulatedStripe.run { stripe in
            stripe.kept.withLock {
                $0.isFixed = true
                $0.secret = Secret("whsec_of_the_operator")
            }
            let error = await #expect(throws: ProvisionError.self) { try await stripe.provision() }
            #expect(error?.description.contains("STRIPE_WEBHOOK_SECRET") == true)
            #expect(stripe.simulator.endpoints == [])
            let old = stripe.simulator.seed(SimulatedStripe.webhook, events: ["payout.paid"])
            let report = try await stripe.provision()
            #expect(report.action == .updated && report.webhookSecret == nil)
            #expect(stripe.only["id"]?.string == old)
            #expect(stripe.only["enabled_events"]?.array?.contains("invoice.paid") == true)
            #expect(try await stripe.plan().action == .unchanged)
        }
    }

    @Test func `endpoints of other instances are reported, and disabled where that is asked for`()
        async throws
    {
        try await SimulatedStripe.run { stripe in
            let other = stripe.simulator.seed(
                "https://user:pw@old.example/v1/webhooks/stripe/?key=s3cret")
            stripe.simulator.seed("https://shop.example/hooks")
            let report = try await stripe.provision()
            #expect(report.duplicates.map(\.id) == [other])
            #expect(report.duplicates[0].address == "https://old.example/v1/webhooks/stripe/?…")
            #expect(report.duplicates[0].isEnabled)
            let merged = try await stripe.provision(merges: true)
            #expect(merged.action == .updated && merged.duplicates.map(\.isEnabled) == [false])
            #expect(stripe.simulator.enabled(at: "/hooks").count == 1)
            #expect(try await stripe.plan(merges: true).action == .unchanged)
        }
    }

    // MARK: Crashes

    @Test(arguments: [0, 1, 2], [false, true])
    func `after a crash at any call the next run ends with one enabled endpoint and its secret`(
        others: Int, isForgotten: Bool
    ) async throws {
        var calls = 1
        var isDone = false
        while !isDone {
            try await SimulatedStripe.run { stripe in
                for _ in 0..<others {
                    stripe.simulator.seed(SimulatedStripe.webhook, events: ["payout.paid"])
                }
                let client = CrashingClient(client: CurlClient(), calls: calls)
                isDone = (try? await stripe.provision(through: client)) != nil
                if isForgotten { stripe.simulator.forgetRequests() }
                try await stripe.provision()
                #expect(stripe.simulator.enabled().count == 1, "after \(calls)")
                #expect(stripe.isSecretRight, "after \(calls)")
                let made = stripe.simulator.endpoints.count - others
                #expect(made == 1 || isForgotten && made == 2, "after \(calls)")
                let hasOthers = stripe.only["enabled_events"]?.array?.contains("payout.paid")
                #expect(hasOthers == (others > 0), "after \(calls)")
                #expect(try await stripe.plan().action == .unchanged, "after \(calls)")
            }
            calls += 1
        }
        #expect(calls > 3 + others)
    }

    @Test func `a request that Stripe knows with other parameters is not repeated`() async throws {
        try await SimulatedStripe.run { stripe in
            let client = CrashingClient(client: CurlClient(), calls: 3)
            await #expect(throws: ProvisionError.self) {
                try await stripe.provision(through: client)
            }
            let id = try #require(stripe.only["id"]?.string)
            stripe.simulator.service.add(
                ServiceFault(
                    "POST", times: 1,
                    answer: .stripe(400, "idempotency_error", "Keys for idempotent requests …")))
            try await stripe.provision()
            #expect(stripe.only["id"]?.string != id && stripe.isSecretRight)
        }
    }
}
