import Engine
import ProviderKit
import Testing

@Suite("TokenManager")
struct TokenManagerTests {
    @Test func `a fresh token is given without a request`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 61)
            let client = ScriptedHTTPClient([])
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
            #expect(client.requests.isEmpty)
        }
    }

    @Test func `a token that has ended is refreshed once for everyone who asks`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            let tokens = await withTaskGroup(of: Secret?.self) { group in
                for _ in 0..<200 { group.addTask { await manager.token(ifAny: "acme") } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(tokens == Array(repeating: Secret("access-2"), count: 200))
            #expect(client.requests.count == 1)
            let row = try await workshop.store.load("acme", .oauth)
            #expect(row?.contents?["refreshToken"]?.string == "refresh-2")
            #expect(workshop.events.withLock { $0 } == [.refreshed("acme")])
        }
    }

    @Test func `what the answer leaves out stays as it was`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let manager = workshop.manager(ScriptedHTTPClient(.tokens("access-2")))
            let grant = try await manager.grant(for: "acme")
            #expect(grant.refreshToken == Secret("refresh-1"))
            #expect(grant.scopes == ["read", "write"])
            #expect(grant.issuer == "https://acme.example")
        }
    }

    @Test func `inside the skew the old token serves while the server is away`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 59)
            let client = ScriptedHTTPClient([
                .failure(.unreachable(host: "acme.example", reason: "down")),
                .success(.tokens("access-2")),
            ])
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
            #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
            #expect(client.requests.count == 1)
            workshop.pass(2)
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
        }
    }

    @Test func `a final refusal is noted, told once and asked no more`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(.refusal("invalid_grant"))
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(client.requests.count == 1)
            let other = workshop.manager(ScriptedHTTPClient([]))
            let error = await #expect(throws: TokenError.self) {
                try await other.grant(for: "acme")
            }
            #expect(error?.code == "needs_reconnect")
            #expect(workshop.events.withLock { $0 }.count == 1)
            #expect(try await workshop.store.load("acme", .oauth) != nil)
        }
    }

    @Test func `an answer that was lost is asked for once more, and then said to be lost`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient([
                .failure(.answerUnknown(host: "acme.example", reason: "cut off")),
                .success(.refusal("invalid_grant")),
            ])
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == nil)
            workshop.pass(61)
            let error = await #expect(throws: TokenError.self) {
                try await manager.grant(for: "acme")
            }
            guard case .needsReconnect(_, let failure)? = error else {
                Issue.record("no final failure")
                return
            }
            #expect(failure.reason == .answerLost)
            #expect(client.requests.count == 2)
        }
    }

    @Test func `a token that another process stored is adopted and not refreshed`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let manager = workshop.manager(ScriptedHTTPClient([]))
            await manager.sync()
            try await workshop.store(access: "access-9", refresh: "refresh-9", left: 3600)
            #expect(await manager.token(ifAny: "acme") == Secret("access-9"))
        }
    }

    @Test func `a token is refreshed in the background before it ends`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 121)
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            await manager.sync()
            await manager.tick()
            await manager.finish()
            #expect(client.requests.isEmpty)
            workshop.pass(61)
            await manager.tick()
            await manager.finish()
            #expect(client.requests.count == 1)
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
        }
    }

    @Test func `a refused token is replaced once and not again at once`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 3000)
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            await manager.sync()
            #expect(
                await manager.token(insteadOf: Secret("access-1"), of: "acme")
                    == Secret("access-2"))
            #expect(await manager.token(insteadOf: Secret("access-2"), of: "acme") == nil)
            #expect(client.requests.count == 1)
        }
    }
}

func withWorkshop(_ body: (TokenWorkshop) async throws -> Void) async throws {
    try await withDatabase { try await body(TokenWorkshop($0)) }
}
