import Engine
import ProviderKit
import Testing

@Suite("Storing new tokens")
struct RefreshSwapTests {
    private static let tokens = HTTPResponse.tokens("access-2", "refresh-2")

    /// Asks for the token while `act` happens between request and answer.
    private func ask(
        answer: HTTPResponse = tokens,
        while act: @escaping @Sendable (TokenWorkshop) async throws -> Void,
        then check: (TokenWorkshop, _ token: Secret?) async throws -> Void
    ) async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ActingClient { _ in
                try await act(workshop)
                return answer
            }
            let token = await workshop.manager(client).token(ifAny: "acme")
            #expect(client.refreshTokens == ["refresh-1"])
            try await check(workshop, token)
        }
    }

    @Test func `a row that was sealed anew meanwhile gets them as well`() async throws {
        try await ask { workshop in
            let row = try #require(try await workshop.row())
            #expect(try await workshop.store.rewrap(row))
        } then: { workshop, token async throws in
            #expect(token == Secret("access-2"))
            #expect(try await workshop.stored("refreshToken") == "refresh-2")
            #expect(try await workshop.sent() == nil)
            #expect(workshop.told == [.refreshed("acme")])
        }
    }

    @Test func `a member that was added meanwhile stays`() async throws {
        try await ask { workshop in
            let row = try #require(try await workshop.row())
            var members = row.contents?.object ?? [:]
            members["note"] = "kept"
            #expect(try await workshop.store.swap(row, for: .object(members)))
        } then: { workshop, token async throws in
            #expect(token == Secret("access-2"))
            #expect(try await workshop.stored("note") == "kept")
        }
    }

    @Test(arguments: [tokens, .refusal("invalid_grant"), .json(503, [:]), .json(500, [:])])
    func `a row that holds other tokens by then is adopted, whatever the answer`(
        answer: HTTPResponse
    ) async throws {
        try await ask(answer: answer) { workshop in
            try await workshop.store(access: "access-9", refresh: "refresh-9", left: 3600)
        } then: { workshop, token async throws in
            #expect(token == Secret("access-9"))
            #expect(try await workshop.stored("refreshToken") == "refresh-9")
            #expect(try await workshop.status()?.word == .ok)
            #expect(workshop.told == [])
        }
    }

    @Test(arguments: [tokens, .refusal("invalid_grant"), .json(503, [:])])
    func `a row that was deleted meanwhile stays deleted, whatever the answer`(
        answer: HTTPResponse
    ) async throws {
        try await ask(answer: answer) { workshop in
            #expect(try await workshop.store.delete("acme"))
            try await RefreshJournal(workshop.database).delete("acme")
        } then: { workshop, token async throws in
            #expect(token == nil)
            #expect(try await workshop.row() == nil)
            #expect(try await RefreshJournal(workshop.database).all().isEmpty)
            #expect(workshop.told == [])
        }
    }

    @Test func `a row that no longer opens is left alone, and memory keeps them`() async throws {
        try await ask { workshop in
            let other = try CredentialSealer(secret: Secret("another secret of so many letters"))
            try await workshop.database.query("DELETE FROM provider_credentials")
            try await CredentialStore(workshop.database, sealer: other).save("acme", .oauth, 1)
        } then: { workshop, token async throws in
            #expect(token == Secret("access-2"))
            #expect(try await workshop.row()?.contents == nil)
            #expect(workshop.told == [.unsaved("acme")])
        }
    }

    @Test func `tokens that come when the fleet has given up are used before they are stored`()
        async throws
    {
        for (next, isRescue) in [
            (HTTPResponse.tokens("access-3"), true), (.refusal("invalid_grant"), false),
        ] {
            try await withWorkshop { workshop in
                try await workshop.store(left: -1)
                let answers = Locked([Self.tokens, next][...])
                let client = ActingClient { _ in
                    let answer = answers.withLock { $0.popFirst() }
                    if answer == Self.tokens { try await giveUp(workshop) }
                    return answer ?? .json(500, [:])
                }
                let token = await workshop.manager(client).token(ifAny: "acme")
                #expect(client.refreshTokens == ["refresh-1", "refresh-2"])
                #expect(token == (isRescue ? Secret("access-3") : nil))
                let stored = try await workshop.stored("refreshToken")
                #expect(stored == (isRescue ? "refresh-2" : "refresh-1"))
                let status = try #require(try await workshop.status())
                #expect(status.word == (isRescue ? .ok : .needsReconnect))
                #expect(workshop.told.compactMap(\.finalReason) == [.answerLost])
            }
        }
    }

    /// Another process, which the lock's lease let on, sends the same refresh token.
    @Sendable private func giveUp(_ workshop: TokenWorkshop) async throws {
        try await workshop.database.query("DELETE FROM hogsend_leases")
        let other = workshop.manager(ScriptedHTTPClient(.refusal("invalid_grant")))
        #expect(await other.token(ifAny: "acme") == nil)
    }
}
