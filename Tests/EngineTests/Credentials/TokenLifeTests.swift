import Engine
import ProviderKit
import Testing

@Suite("A token's life")
struct TokenLifeTests {
    @Test(arguments: [
        (life: 30.0, left: 3.0, isFresh: true), (30, 2.9, false), (600, 60, true),
        (600, 59.9, false), (300, 30, true), (300, 29.9, false), (601, 60, true),
        (601, 59.9, false), (3600, 60, true), (3600, 59.9, false), (604_800, 59.9, false),
    ])
    func `it is renewed in its last minute, or in the last tenth of a short one`(
        life: Double, left: Double, isFresh: Bool
    ) async throws {
        try await withWorkshop { workshop in
            try await workshop.store(life: life, left: left)
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let token = await workshop.manager(client).token(ifAny: "acme")
            #expect(token == Secret(isFresh ? "access-1" : "access-2"))
        }
    }

    @Test func `one without an end is good until it is refused`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 0, ["expiresAt": .null])
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            workshop.pass(1_000_000)
            await manager.tick()
            await manager.finish()
            #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
            #expect(client.requests.isEmpty)
            let other = await manager.token(insteadOf: Secret("access-1"), of: "acme")
            #expect(other == Secret("access-2"))
        }
    }

    @Test func `one that ended while nobody ran is renewed at once, unasked`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -100_000)
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            await manager.tick()
            await manager.finish()
            #expect(client.requests.count == 1)
            #expect(try await workshop.stored("accessToken") == "access-2")
        }
    }

    @Test func `unasked it is renewed at a random point of the minute before the last`()
        async throws
    {
        try await withWorkshop { workshop in
            for number in 0..<30 {
                try await workshop.store(left: 121, for: ProviderID(rawValue: "p\(number)"))
            }
            let client = ScriptedHTTPClient { _ in .tokens("access-2", "refresh-2") }
            let manager = workshop.manager(client)
            var counts: [Int] = []
            for seconds in [0, 31, 30] {
                workshop.pass(Double(seconds))
                await manager.tick()
                await manager.finish()
                counts.append(client.requests.count)
            }
            #expect(counts[0] == 0)
            #expect(1..<30 ~= counts[1], "\(counts)")
            #expect(counts[2] == 30)
        }
    }

    @Test func `a refresh token that would be forgotten is used though the token is fresh`()
        async throws
    {
        try await withWorkshop { workshop in
            let day = 86_400.0
            try await workshop.store(life: 100 * day, left: 100 * day)
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2", life: 10_000_000))
            let registry = try ProviderRegistry([Forgetful()])
            let manager = workshop.manager(client, registry: registry)
            workshop.pass(29 * day)
            await manager.tick()
            await manager.finish()
            #expect(client.requests.isEmpty)
            workshop.pass(2 * day)
            for _ in 0..<3 {
                await manager.tick()
                await manager.finish()
            }
            #expect(client.requests.count == 1)
        }
    }
}

/// A service that forgets a refresh token after forty days.
private struct Forgetful: Provider {
    let id: ProviderID = "acme"
    let name = "Forgetful"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "client")
    let refreshTokenIdleLimit: Duration? = .seconds(40 * 86_400)
}
