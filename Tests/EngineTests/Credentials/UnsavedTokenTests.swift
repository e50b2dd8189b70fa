import Engine
import ProviderKit
import Testing

@Suite("A token that could not be stored")
struct UnsavedTokenTests {
    /// A database that refuses to store new tokens for as long as the switch is on.
    private func failing(_ workshop: TokenWorkshop, _ isOff: Locked<Bool>) -> WatchedDatabase {
        WatchedDatabase(database: workshop.database) { sql in
            if sql.isSwap, isOff.withLock({ $0 }) { throw DatabaseError.failed(reason: "full") }
        }
    }

    @Test func `it serves from memory, says so, and is stored later`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let isOff = Locked(true)
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client, over: failing(workshop, isOff))
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
            #expect(await manager.unsaved == ["acme"])
            #expect(workshop.told == [.unsaved("acme")])
            await manager.tick()
            await manager.sync()
            #expect(try await manager.grant(for: "acme").accessToken == Secret("access-2"))
            #expect(try await workshop.stored("refreshToken") == "refresh-1")
            #expect(try await workshop.sent() != nil, "what follows a crash now is known")
            isOff.withLock { $0 = false }
            await manager.tick()
            #expect(await manager.unsaved == [])
            #expect(try await workshop.stored("refreshToken") == "refresh-2")
            #expect(try await workshop.sent() == nil)
            #expect(workshop.told == [.unsaved("acme"), .saved("acme")])
        }
    }

    @Test func `when it ends too, the used refresh token is not sent again`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let isOff = Locked(true)
            let client = ScriptedHTTPClient(
                .tokens("access-2", "refresh-2"), .tokens("access-3", "refresh-3"))
            let manager = workshop.manager(client, over: failing(workshop, isOff))
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
            workshop.pass(4000)
            for _ in 0..<3 {
                #expect(await manager.token(ifAny: "acme") == nil)
                #expect(await manager.token(insteadOf: Secret("access-2"), of: "acme") == nil)
                await #expect(throws: TokenError.self) { try await manager.refresh("acme") }
                await manager.tick()
                await manager.finish()
            }
            #expect(client.requests.map(\.refreshToken) == ["refresh-1"])
            isOff.withLock { $0 = false }
            #expect(await manager.token(ifAny: "acme") == Secret("access-3"))
            #expect(client.requests.map(\.refreshToken) == ["refresh-1", "refresh-2"])
        }
    }

    @Test func `a new login over it is adopted, a deletion ends it`() async throws {
        for isDeleted in [false, true] {
            try await withWorkshop { workshop in
                try await workshop.store(left: -1)
                let isOff = Locked(true)
                let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
                let manager = workshop.manager(client, over: failing(workshop, isOff))
                #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
                if isDeleted {
                    #expect(try await workshop.store.delete("acme"))
                } else {
                    try await workshop.store(access: "access-9", refresh: "refresh-9", left: 3600)
                }
                isOff.withLock { $0 = false }
                await manager.tick()
                let token = await manager.token(ifAny: "acme")
                #expect(token == (isDeleted ? nil : Secret("access-9")))
                #expect(await manager.unsaved == [])
                #expect(
                    try await workshop.stored("refreshToken") == (isDeleted ? nil : "refresh-9"))
            }
        }
    }

    @Test func `one that was stored without our hearing of it is known as ours`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let isFirst = Locked(true)
            var database = WatchedDatabase(database: workshop.database) { _ in }
            database.after = { sql in
                let isLost =
                    sql.isSwap
                    && isFirst.withLock { first in
                        defer { first = false }
                        return first
                    }
                if isLost { throw DatabaseError.unavailable(reason: "the connection broke") }
            }
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client, over: database)
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
            #expect(await manager.unsaved == [])
            #expect(try await workshop.sent() == nil)
            #expect(try await workshop.status()?.lastRefresh != nil)
            #expect(workshop.told == [.refreshed("acme")])
        }
    }

    @Test func `while the database is away, memory serves and nothing is thrown or sent`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: 100)
            let isAway = Locked(false)
            let database = WatchedDatabase(database: workshop.database) { _ in
                if isAway.withLock({ $0 }) { throw DatabaseError.unavailable(reason: "stopped") }
            }
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client, over: database)
            await manager.sync()
            isAway.withLock { $0 = true }
            for (seconds, token) in [(0.0, "access-1"), (50, "access-1"), (60, nil)] {
                workshop.pass(seconds)
                #expect(await manager.token(ifAny: "acme") == token.map { Secret($0) })
                #expect(await manager.token(ifAny: "other") == nil)
                await manager.tick()
                await manager.finish()
            }
            #expect(client.requests.isEmpty)
            isAway.withLock { $0 = false }
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
        }
    }
}
