import Engine
import Testing

@Suite("Credential store")
struct CredentialStoreTests {
    static func store(_ database: any Database, secret: String = "s") throws -> CredentialStore {
        CredentialStore(database, sealer: try CredentialSealer(secret: Secret(secret)))
    }

    /// The rows as they lie in the table.
    static func rows(_ database: any Database) async throws -> [String] {
        try await database.query("SELECT provider_id, kind, payload FROM provider_credentials")
            .map { row in
                [row.text("provider_id"), row.text("kind"), row.text("payload")]
                    .map { $0 ?? "" }.joined(separator: " ")
            }
    }

    @Test func `a row comes back as it was saved, sealed in between`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            #expect(try await store.load("acme", .oauth) == nil)
            let saved = try #require(try await store.save("acme", .oauth, ["a": "hunter2"]))
            let loaded = try #require(try await store.load("acme", .oauth))
            for stored in [saved, loaded] {
                #expect(stored.provider == "acme" && stored.kind == .oauth)
                #expect(stored.contents == ["a": "hunter2"])
                #expect(Date(iso8601: stored.createdAt) != nil)
                #expect(stored.createdAt == stored.updatedAt)
            }
            #expect(try await store.load("acme", .derived) == nil)
            #expect(try await store.load("other", .oauth) == nil)
            #expect(try await Self.rows(database).allSatisfy { !$0.contains("hunter2") })
        }
    }

    @Test func `saving again replaces what it holds and keeps when it was made`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            let first = try #require(try await store.save("acme", .oauth, 1))
            try await Task.sleep(for: .milliseconds(5))
            let second = try #require(try await store.save("acme", .oauth, 2))
            #expect(second.contents == 2)
            #expect(second.createdAt == first.createdAt)
            #expect(second.updatedAt > first.updatedAt)
            #expect(try await Self.rows(database).count == 1)
        }
    }

    @Test func `a row that is there stays when it must be the first`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            #expect(try await store.saveIfAbsent("acme", .derived, 1)?.contents == 1)
            #expect(try await store.saveIfAbsent("acme", .derived, 2) == nil)
            #expect(try await store.saveIfAbsent("acme", .oauth, 3)?.contents == 3)
            #expect(try await store.load("acme", .derived)?.contents == 1)
        }
    }

    @Test func `of many who must be the first one is`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            let winners = try await withThrowingTaskGroup(of: Int64?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await store.saveIfAbsent("acme", .derived, .integer(Int64(number)))?
                            .contents?.integer
                    }
                }
                return try await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
            }
            #expect(winners.count == 1)
            #expect(try await store.load("acme", .derived)?.contents?.integer == winners.first)
        }
    }

    @Test func `a swap loses against every change`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            let first = try #require(try await store.save("acme", .derived, 1))
            #expect(try await store.swap(first, for: 2))
            #expect(try await store.load("acme", .derived)?.contents == 2)
            #expect(try await !store.swap(first, for: 3), "it was swapped since")
            let second = try #require(try await store.load("acme", .derived))
            _ = try await store.save("acme", .derived, 2)
            #expect(try await !store.swap(second, for: 3), "the same contents, saved again")
            let third = try #require(try await store.load("acme", .derived))
            _ = try await store.delete("acme")
            #expect(try await !store.swap(third, for: 3), "it was deleted since")
            #expect(try await store.load("acme", .derived) == nil)
        }
    }

    @Test func `a swap keeps when the row was made`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            let first = try #require(try await store.save("acme", .derived, 1))
            try await Task.sleep(for: .milliseconds(5))
            #expect(try await store.swap(first, for: 2))
            let second = try #require(try await store.load("acme", .derived))
            #expect(second.createdAt == first.createdAt && second.updatedAt > first.updatedAt)
        }
    }

    @Test func `deleting removes both kinds, of this provider alone, and opens none`()
        async throws
    {
        try await withDatabase { database in
            let store = try Self.store(database)
            for provider: ProviderID in ["acme", "other"] {
                for kind in [CredentialKind.oauth, .derived] {
                    _ = try await store.save(provider, kind, 1)
                }
            }
            let stranger = try Self.store(database, secret: "another")
            #expect(try await stranger.delete("acme"))
            #expect(try await !stranger.delete("acme"))
            #expect(try await !stranger.delete("a%"))
            #expect(try await store.load("acme", .oauth) == nil)
            #expect(try await store.load("acme", .derived) == nil)
            #expect(try await store.load("other", .derived)?.contents == 1)
        }
    }

    @Test func `a row of one kind is enough to delete`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            _ = try await store.save("acme", .derived, 1)
            #expect(try await store.delete("acme"))
        }
    }

    @Test func `a row that cannot be opened is there, without contents`() async throws {
        try await withDatabase { database in
            _ = try await Self.store(database).save("acme", .oauth, GrantTests.document())
            let stranger = try Self.store(database, secret: "another")
            let stored = try #require(try await stranger.load("acme", .oauth))
            #expect(stored.contents == nil && stored.grant(fields: []) == nil)
            #expect(try await stranger.all(.oauth).count == 1)
            #expect(try await stranger.saveIfAbsent("acme", .oauth, 1) == nil)
            #expect(try await Self.store(database).load("acme", .oauth)?.grant(fields: []) != nil)
        }
    }

    @Test func `the list is of one kind and sorted`() async throws {
        try await withDatabase { database in
            let store = try Self.store(database)
            for provider: ProviderID in ["b", "a", "c'; DROP TABLE provider_credentials; --"] {
                _ = try await store.save(provider, .oauth, 1)
            }
            _ = try await store.save("d", .derived, 1)
            #expect(
                try await store.all(.oauth).map(\.provider) == [
                    "a", "b", "c'; DROP TABLE provider_credentials; --",
                ])
            #expect(try await store.all(.derived).map(\.provider) == ["d"])
        }
    }
}
