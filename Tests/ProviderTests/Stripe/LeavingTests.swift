import Engine
import ProviderKit
import SimulatedService
import StripeProvider
import StripeSimulator
import Testing

@Suite("Undoing and leaving at Stripe")
struct LeavingTests {
    // MARK: Undoing

    @Test func `undoing disables what was made and enables what it replaced`() async throws {
        try await SimulatedStripe.run { stripe in
            let old = stripe.simulator.seed(SimulatedStripe.webhook, events: ["payout.paid"])
            try await stripe.provision()
            let rehearsal = try await stripe.undo(rehearsing: true)
            #expect(stripe.only["id"]?.string != old)
            let report = try await stripe.undo()
            #expect(report == rehearsal && report.kept == [])
            #expect(
                Set(report.changes.map(\.field))
                    == ["enabled", "enabled_events", "duplicates.\(old).enabled"])
            #expect(stripe.only["id"]?.string == old)
            #expect(stripe.only["enabled_events"] == ["payout.paid"])
            #expect(try await stripe.undo() == UndoReport())
        }
    }

    @Test func `what somebody has changed since, or deleted, stays`() async throws {
        try await SimulatedStripe.run { stripe in
            try await stripe.provision()
            let id = try #require(stripe.only["id"]?.string)
            stripe.simulator.edit(id) { endpoint in
                endpoint.events = ["charge.refunded"]
                return true
            }
            try await stripe.provision()
            stripe.simulator.edit(id) { endpoint in
                endpoint.events = ["payout.paid"]
                return true
            }
            let kept = try await stripe.undo().kept
            #expect(kept == [.init("enabled_events", because: "was changed since")])
            stripe.simulator.edit(id) { _ in false }
            let gone = try await stripe.undo().kept
            #expect(gone == [.init("enabled_events", because: "is gone with its endpoint")])
        }
    }

    @Test func `a creation that never was is nothing to undo`() async throws {
        try await SimulatedStripe.run { stripe in
            stripe.simulator.service.add(
                ServiceFault("POST", times: 1, answer: .stripe(500, "api_error", "Sorry.")))
            await #expect(throws: ProvisionError.self) { try await stripe.provision() }
            #expect(stripe.kept.withLock { $0.values.count } == 1)
            let report = try await stripe.undo()
            #expect(report == UndoReport())
        }
    }

    @Test func `of two that one forgotten request has made, none is left on`() async throws {
        try await SimulatedStripe.run { stripe in
            let old = stripe.simulator.seed(SimulatedStripe.webhook, events: ["payout.paid"])
            let client = CrashingClient(client: CurlClient(), calls: 3)
            await #expect(throws: ProvisionError.self) {
                try await stripe.provision(through: client)
            }
            let earlier = stripe.kept.withLock { $0.values }
            stripe.simulator.forgetRequests()
            try await stripe.provision()
            // As an engine does: a run that did not end is carried on by the next.
            stripe.kept.withLock { kept in
                kept.values = earlier + kept.values.filter { !earlier.contains($0) }
            }
            let requests = stripe.simulator.endpoints.map {
                $0["metadata"]?["hogsend_request"]?.string
            }
            #expect(requests.count == 3 && Set(requests.compactMap { $0 }).count == 1)
            let report = try await stripe.undo()
            #expect(report.kept == [])
            #expect(stripe.only["id"]?.string == old)
            #expect(try await stripe.undo() == UndoReport())
        }
    }

    // MARK: Leaving

    @Test func `leaving deletes what was made, disables what was not, and leaves others alone`()
        async throws
    {
        try await SimulatedStripe.run { stripe in
            stripe.simulator.seed("https://old.example/v1/webhooks/stripe")
            try await stripe.provision()
            let made = try #require(
                stripe.simulator.endpoints.first { $0["url"]?.string == SimulatedStripe.webhook }?[
                    "id"]?
                    .string)
            let adopted = stripe.simulator.seed(SimulatedStripe.webhook + "/?from=dashboard")
            let rehearsal = try await stripe.remove(rehearsing: true)
            #expect(stripe.simulator.enabled().count == 2)
            let report = try await stripe.remove()
            #expect(report == rehearsal)
            #expect(
                Set(report.removed.map(\.object))
                    == ["webhook endpoint \(made)", "webhook endpoint \(adopted)"])
            #expect(!stripe.simulator.endpoints.contains { $0["id"]?.string == made })
            #expect(
                stripe.simulator.endpoints.filter { $0["status"] == "enabled" }.map { $0["url"] }
                    == ["https://old.example/v1/webhooks/stripe"])
            #expect(try await stripe.remove() == RemovalReport())
        }
    }

    @Test func `a crash at any call leaves nothing that the next run does not take away`()
        async throws
    {
        var calls = 1
        var isDone = false
        while !isDone {
            try await SimulatedStripe.run { stripe in
                try await stripe.provision()
                stripe.simulator.seed(SimulatedStripe.webhook)
                let client = CrashingClient(client: CurlClient(), calls: calls)
                isDone = (try? await stripe.remove(through: client)) != nil
                _ = try await stripe.remove()
                #expect(stripe.simulator.enabled() == [], "after \(calls)")
            }
            calls += 1
        }
        #expect(calls > 3)
    }

    @Test func `an answer that leaves one enabled is told`() async throws {
        try await SimulatedStripe.run { stripe in
            let id = stripe.simulator.seed(SimulatedStripe.webhook)
            let row = try #require(stripe.simulator.endpoints.first { $0["id"]?.string == id })
            stripe.simulator.service.add(ServiceFault("POST", answer: .json(row)))
            let error = await #expect(throws: ProvisionError.self) { try await stripe.remove() }
            #expect(error?.description.contains("left it enabled") == true)
        }
    }

    @Test func `one that goes while it is taken away is not counted`() async throws {
        for method in ["DELETE", "POST"] {
            try await SimulatedStripe.run { stripe in
                if method == "DELETE" { try await stripe.provision() }
                if method == "POST" { stripe.simulator.seed(SimulatedStripe.webhook) }
                stripe.simulator.service.add(
                    ServiceFault(method, answer: .stripe(404, "invalid_request_error", "No such.")))
                #expect(try await stripe.remove().removed == [])
            }
        }
    }
}
