import Engine
import ProviderKit
import Testing

@Suite("A refresh of which nobody knows the end")
struct RefreshDoubtTests {
    static let lost = HTTPClientError.answerUnknown(host: "acme.example", reason: "cut off")

    @Test func `it is not sent again while it may still be answered and the token lives`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: 50)
            let client = ScriptedHTTPClient([
                .failure(Self.lost), .success(.tokens("access-2", "refresh-2")),
            ])
            let first = workshop.manager(client)
            #expect(await first.token(ifAny: "acme") == Secret("access-1"))
            workshop.pass(15)
            for manager in [first, workshop.manager(client)] {
                #expect(await manager.token(ifAny: "acme") == Secret("access-1"))
            }
            #expect(client.requests.count == 1)
            workshop.pass(10)
            #expect(await first.token(ifAny: "acme") == Secret("access-2"))
            #expect(client.requests.count == 2)
        }
    }

    @Test func `it is sent again at once when nothing else serves`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 1)
            let client = ScriptedHTTPClient([
                .failure(Self.lost), .success(.tokens("access-2", "refresh-2")),
            ])
            #expect(await workshop.manager(client).token(ifAny: "acme") == Secret("access-1"))
            workshop.pass(2)
            #expect(await workshop.manager(client).token(ifAny: "acme") == Secret("access-2"))
        }
    }

    @Test func `someone who asks for it has it sent`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: 50)
            let client = ScriptedHTTPClient([
                .failure(Self.lost), .success(.tokens("access-2", "refresh-2")),
            ])
            let manager = workshop.manager(client)
            _ = await manager.token(ifAny: "acme")
            #expect(try await manager.refresh("acme").grant.accessToken == Secret("access-2"))
        }
    }

    @Test(arguments: [500, 501, 502, 504, 505, 520, 524, 201, 204])
    func `an answer that may have come too late leaves it open`(status: Int) async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient([
                .success(HTTPResponse(status: status)), .success(.refusal("invalid_grant")),
            ])
            let manager = workshop.manager(client)
            _ = await manager.token(ifAny: "acme")
            workshop.pass(61)
            let error = await #expect(throws: TokenError.self) {
                try await manager.grant(for: "acme")
            }
            guard case .needsReconnect(_, let failure)? = error else {
                Issue.record("no final failure: \(String(describing: error))")
                return
            }
            #expect(failure.reason == .answerLost)
        }
    }

    @Test func `a process that ends begins none, and waits for the one that it sent`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ActingClient { _ in
                try? await Task.sleep(for: .milliseconds(300))
                return .tokens("access-2", "refresh-2")
            }
            let manager = workshop.manager(client)
            async let asked = manager.token(ifAny: "acme")
            try await Task.sleep(for: .milliseconds(100))
            await manager.end()
            let row = try await workshop.store.load("acme", .oauth)
            #expect(row?.contents?["refreshToken"]?.string == "refresh-2")
            #expect(await asked == Secret("access-2"))
            workshop.pass(4000)
            #expect(await manager.token(ifAny: "acme") == nil)
        }
    }

    @Test func `an empty scope and a null keep what was there`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let answer = HTTPResponse.json([
                "access_token": "access-2", "token_type": "Bearer", "expires_in": 3600,
                "scope": "", "workspace": nil,
            ])
            let manager = workshop.manager(ScriptedHTTPClient(answer))
            #expect(try await manager.grant(for: "acme").scopes == ["read", "write"])
        }
    }
}

extension RefreshDoubtTests {
    @Test func `what is noted of a grant outlives the secret under which it was noted`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let refusing = ScriptedHTTPClient(.refusal("invalid_grant"))
            #expect(await workshop.manager(refusing).token(ifAny: "acme") == nil)
            let new = Secret("another secret of more than thirty-two letters")
            let both = try CredentialSealer(secret: new, previous: [TokenWorkshop.secret])
            let store = CredentialStore(workshop.database, sealer: both)
            #expect(try await CredentialRewrap(store).run().rewrapped == 1)
            let alone = try CredentialSealer(secret: new)
            let parts = TokenParts(
                database: workshop.database, sealer: alone, client: ScriptedHTTPClient([]))
            let row = try #require(
                try await CredentialStore(workshop.database, sealer: alone)
                    .load("acme", .oauth))
            #expect(try await parts.status(of: row).word == .needsReconnect)
        }
    }
}
