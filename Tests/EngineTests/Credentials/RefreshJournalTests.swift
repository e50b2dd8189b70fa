import Engine
import ProviderKit
import TestDatabases
import Testing

@Suite("Refresh journal")
struct RefreshJournalTests {
    @Test func `it says what is about to be sent, durably, before it is sent`() async throws {
        try await DatabaseKind.sqlite.make { empty in
            let database = try await empty.open()
            try await Migrator(database, Instance.migrations).migrate()
            let workshop = try TokenWorkshop(database)
            try await workshop.store(left: -1)
            let seen = Locked<[String?]>([])
            let client = ActingClient { _ in
                // Another connection sees only what is committed.
                let other = try await empty.open()
                let rows = try await other.query("SELECT sent_at FROM hogsend_token_refreshes")
                await other.close()
                seen.withLock { $0.append(rows.first?.text("sent_at")) }
                return .tokens("access-2", "refresh-2")
            }
            #expect(await workshop.manager(client).token(ifAny: "acme") == Secret("access-2"))
            #expect(seen.withLock { $0 } == [TokenWorkshop.start.iso8601])
            #expect(try await workshop.sent() == nil)
            await database.close()
        }
    }

    @Test func `without it nothing is sent`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let database = WatchedDatabase(database: workshop.database) { sql in
                if sql.hasPrefix("INSERT INTO hogsend_token_refreshes") {
                    throw DatabaseError.failed(reason: "full")
                }
            }
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            #expect(await workshop.manager(client, over: database).token(ifAny: "acme") == nil)
            #expect(client.requests.isEmpty)
        }
    }

    @Test func `no file of the database holds a token, in any spelling`() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase(path: folder.file())
        try await Migrator(database, Instance.migrations).migrate()
        let workshop = try TokenWorkshop(database)
        try await workshop.store(left: -1)
        let echo = "the token refresh-1 is not known"
        let client = ScriptedHTTPClient(
            .json(400, ["error": "slow_down", "error_description": .string(echo)]),
            .json(500, ["error": "refresh-1"]), .tokens("access-2", "refresh-2"),
            .refusal("invalid_grant"))
        let manager = workshop.manager(client)
        for seconds in [0.0, 61, 61, 4000] {
            workshop.pass(seconds)
            _ = await manager.token(ifAny: "acme")
        }
        #expect(client.requests.count == 4)
        for token in ["access-1", "refresh-1", "access-2", "refresh-2"] {
            let bytes = Array(token.utf8)
            let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            let base64 = (0..<3).map { offset in
                // Wherever it stands in a longer text, some of its letters are the same.
                let text = Base64URL.encode(Array(repeating: 0, count: offset) + bytes)
                return String(text.dropFirst(offset + 2).dropLast(2))
            }
            for spelling in [token, hex.joined(), hex.joined().uppercased()] + base64 {
                #expect(try !folder.holds(spelling), "\(spelling)")
            }
        }
        #expect(try folder.holds("hogsend_token_refreshes"))
        await database.close()
    }

    @Test func `one who comes late with his note leaves the notes of others alone`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let isLate = Locked(true)
            let database = WatchedDatabase(database: workshop.database) { sql in
                let isNow =
                    sql.isNote
                    && isLate.withLock { late in
                        defer { late = late && !sql.isNote }
                        return late
                    }
                if isNow { try await Self.refreshAndLoseTheAnswer(workshop) }
            }
            let client = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            _ = await workshop.manager(client, over: database).token(ifAny: "acme")
            #expect(try await workshop.sent() != nil)
            #expect(try await workshop.status()?.reason != nil)
        }
    }

    /// What another process does while one is stopped between storing and noting.
    private static func refreshAndLoseTheAnswer(_ workshop: TokenWorkshop) async throws {
        try await workshop.database.query("DELETE FROM hogsend_leases")
        let lost = HTTPClientError.answerUnknown(host: "acme.example", reason: "cut off")
        let other = workshop.manager(ScriptedHTTPClient([.failure(lost)]))
        await #expect(throws: TokenError.self) { try await other.refresh("acme") }
    }
}

extension TemporaryFolder {
    /// Whether any of its files holds these bytes.
    func holds(_ text: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: path).contains { name in
            let bytes = FileManager.default.contents(atPath: file(name)) ?? Data()
            return bytes.firstRange(of: Data(text.utf8)) != nil
        }
    }
}
