import Engine
import ProviderKit
import TestDatabases
import Testing

@Suite("Token managers on one database")
struct TokenSharingTests {
    @Test func `only one of them says that the user is needed`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient { _ in .refusal("invalid_grant") }
            let managers = (0..<2).map { _ in workshop.manager(client) }
            await withTaskGroup(of: Void.self) { group in
                for manager in managers {
                    group.addTask { _ = await manager.token(ifAny: "acme") }
                }
            }
            for manager in managers {
                await manager.tick()
                await manager.finish()
                await #expect(throws: TokenError.self) { try await manager.refresh("acme") }
            }
            #expect(workshop.told.compactMap(\.finalReason) == [.refused])
        }
    }

    @Test func `a new login ends what was said of the old one`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(
                .refusal("invalid_grant"), .tokens("access-10", "refresh-10"))
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == nil)
            try await workshop.store(access: "access-9", refresh: "refresh-9", left: 100)
            #expect(try await workshop.status()?.word == .ok)
            #expect(try await workshop.status()?.reason == nil)
            #expect(try await manager.grant(for: "acme").accessToken == Secret("access-9"))
            workshop.pass(90)
            #expect(await manager.token(ifAny: "acme") == Secret("access-10"))
        }
    }

    @Test func `what one stores or deletes the others see within a second`() async throws {
        try await DatabaseKind.sqlite.make { empty in
            let (ours, theirs) = (try await empty.open(), try await empty.open())
            try await Migrator(ours, Instance.migrations).migrate()
            let workshop = try TokenWorkshop(ours)
            let manager = workshop.manager(ScriptedHTTPClient([]))
            let running = Task { await manager.run() }
            #expect(await manager.token(ifAny: "acme") == nil)
            try await TokenWorkshop(theirs).store(left: 3600)
            #expect(try await Self.isSoon { await manager.token(ifAny: "acme") != nil })
            #expect(try await CredentialStore(theirs, sealer: workshop.sealer).delete("acme"))
            #expect(try await Self.isSoon { await manager.token(ifAny: "acme") == nil })
            running.cancel()
            await running.value
            for database in [ours, theirs] { await database.close() }
        }
    }

    private static func isSoon(_ condition: () async -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < deadline {
            if await condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return await condition()
    }

    @Test func `a refused token is replaced by one that is there already`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 3000)
            let manager = workshop.manager(ScriptedHTTPClient([]))
            #expect(await manager.token(insteadOf: Secret("access-1"), of: "acme") == nil)
            await manager.sync()
            let known = await manager.token(insteadOf: Secret("access-0"), of: "acme")
            #expect(known == Secret("access-1"))
            try await workshop.store(access: "access-9", refresh: "refresh-9", left: 3000)
            let stored = await manager.token(insteadOf: Secret("access-1"), of: "acme")
            #expect(stored == Secret("access-9"))
        }
    }

    @Test func `a refused token waits as long as any after a failure`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 3000)
            let client = ScriptedHTTPClient(.json(503, [:]), .tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            await manager.sync()
            for (seconds, token) in [(0.0, nil), (0.5, nil), (1, "access-2")] {
                workshop.pass(seconds)
                let other = await manager.token(insteadOf: Secret("access-1"), of: "acme")
                #expect(other == token.map { Secret($0) })
            }
            #expect(client.requests.count == 2)
        }
    }

    @Test func `a caller who is cancelled does not stop the refresh`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let (sent, answer) = (Promise<Void>(), Promise<Void>())
            let client = ActingClient { _ in
                sent.settle(())
                await answer.value
                return .tokens("access-2", "refresh-2")
            }
            let manager = workshop.manager(client)
            let caller = Task { await manager.token(ifAny: "acme") }
            await sent.value
            caller.cancel()
            answer.settle(())
            _ = await caller.value
            await manager.finish()
            #expect(try await workshop.stored("refreshToken") == "refresh-2")
            #expect(workshop.told == [.refreshed("acme")])
        }
    }

    @Test func `reads never throw, with a row that does not open or a closed database`()
        async throws
    {
        try await withWorkshop { workshop in
            let other = try CredentialSealer(secret: Secret("another secret of so many letters"))
            try await CredentialStore(workshop.database, sealer: other).save("acme", .oauth, 1)
            let manager = workshop.manager(ScriptedHTTPClient([]))
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(try await workshop.row() != nil)
            await workshop.database.close()
            #expect(await workshop.manager(ScriptedHTTPClient([])).token(ifAny: "acme") == nil)
        }
    }

    @Test func `a credential that was missing is looked for again after half a minute`()
        async throws
    {
        try await withWorkshop { workshop in
            let manager = workshop.manager(ScriptedHTTPClient([]))
            #expect(await manager.token(ifAny: "acme") == nil)
            try await workshop.store(left: 3600)
            #expect(await manager.token(ifAny: "acme") == nil)
            workshop.pass(30)
            #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
        }
    }
}
