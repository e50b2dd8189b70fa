import Engine
import ProviderKit
import Testing

@Suite("Waiting after a failed refresh")
struct RefreshBackOffTests {
    private static let away = HTTPResponse.json(503, [:])

    @Test func `what the server says is obeyed, to the second`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            var busy = HTTPResponse.refusal("slow_down", status: 429)
            busy.headers["Retry-After"] = "7"
            let client = ScriptedHTTPClient(busy, .tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == nil)
            workshop.pass(6.9)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(client.requests.count == 1)
            workshop.pass(0.2)
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
        }
    }

    @Test(arguments: [1.0, 0.5, 0])
    func `otherwise a random part of a time that doubles up to a minute`(
        jitter: Double
    ) async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient { _ in Self.away }
            let manager = workshop.manager(client, jitter: jitter)
            for ceiling in [1, 2, 4, 8, 16, 32, 60, 60] {
                #expect(await manager.token(ifAny: "acme") == nil)
                let next = try #require(try await workshop.status()?.nextAttempt)
                let wait = next.timeIntervalSince(workshop.clock.withLock { $0 })
                #expect(abs(wait - Double(ceiling) * jitter) < 0.002)
                workshop.pass(wait + 0.002)
            }
            #expect(client.requests.count == 8)
        }
    }

    @Test func `after a success it begins anew`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(
                Self.away, Self.away, .tokens("access-2", "refresh-2", life: 100), Self.away)
            let manager = workshop.manager(client)
            for seconds in [0, 1.1, 2.1] {
                workshop.pass(seconds)
                _ = await manager.token(ifAny: "acme")
            }
            #expect(try await workshop.status()?.word == .ok)
            #expect(try await workshop.status()?.reason == nil)
            workshop.pass(200)
            #expect(await manager.token(ifAny: "acme") == nil)
            let now = workshop.clock.withLock { $0 }
            let next = try #require(try await workshop.status()?.nextAttempt)
            #expect(abs(next.timeIntervalSince(now) - 1) < 0.002)
        }
    }

    @Test func `another process waits as well`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            _ = await workshop.manager(ScriptedHTTPClient(Self.away)).token(ifAny: "acme")
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let other = workshop.manager(client)
            workshop.pass(0.5)
            let error = await #expect(throws: TokenError.self) {
                try await other.grant(for: "acme")
            }
            #expect(error?.code == "refresh_unavailable")
            await other.tick()
            await other.finish()
            #expect(client.requests.isEmpty)
            workshop.pass(0.6)
            #expect(await other.token(ifAny: "acme") == Secret("access-2"))
        }
    }

    @Test func `one who asks for it does not wait`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(Self.away, .tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            _ = await manager.token(ifAny: "acme")
            #expect(try await manager.refresh("acme").grant.accessToken == Secret("access-2"))
        }
    }

    @Test func `who holds a live token waits for a slow refresh once, not at each call`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: 30)
            let release = Promise<Void>()
            let client = ActingClient { _ in
                await release.value
                return .tokens("access-2", "refresh-2")
            }
            let manager = workshop.manager(client)
            let clock = ContinuousClock()
            let first = await clock.measure { _ = await manager.token(ifAny: "acme") }
            let second = await clock.measure { _ = await manager.token(ifAny: "acme") }
            #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
            release.settle(())
            await manager.finish()
            #expect(first > .seconds(1.5))
            #expect(second < .seconds(1))
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
        }
    }
}
