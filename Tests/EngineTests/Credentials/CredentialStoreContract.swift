import Engine
import Testing

/// What the store promises, whatever keeps the data.
///
/// It takes a migrated database, and removes what is in the table.
struct CredentialStoreContract {
    let database: any Database

    init(_ database: any Database) {
        self.database = database
    }

    func check() async throws {
        for promise in [
            aRowComesBack, savingAgainReplaces, theFirstStays, ofManyOneIsFirst, manySaversAllCount,
            aSwapLoses, aSwapKeepsDates, deletingRemovesBothKinds, anotherGrantIsNotDeleted,
            aClosedRowIsThere, theListIsSorted,
        ] { try await inAnEmptyTable(promise) }
        for promise in [
            theEarlierFormatStays, aClosedRowOfTheEarlierFormatKeepsIt, aRewrapChangesTheTextAlone,
            aRewrapLoses, aRewrapOpensFirst, aRewrapKeepsEveryByte, pagesHoldEveryRow,
            pagesBearComingAndGoing, writesAreHeard,
        ] { try await inAnEmptyTable(promise) }
    }

    private func inAnEmptyTable(_ promise: () async throws -> Void) async throws {
        try await database.query("DELETE FROM provider_credentials")
        try await promise()
    }

    func store(_ secret: String = "s", previous: String...) throws -> CredentialStore {
        CredentialStore(
            database,
            sealer: try CredentialSealer(
                secret: Secret(secret), previous: previous.map { Secret($0) }))
    }

    /// The rows as they lie in the table.
    func payloads() async throws -> [String] {
        try await database.query("SELECT payload FROM provider_credentials ORDER BY provider_id")
            .map { $0.text("payload") ?? "" }
    }

    // MARK: Rows

    private func aRowComesBack() async throws {
        let store = try store()
        #expect(try await store.load("acme", .oauth) == nil)
        let saved = try await store.save("acme", .oauth, ["a": "hunter2"])
        let loaded = try #require(try await store.load("acme", .oauth))
        for stored in [saved, loaded] {
            #expect(stored.provider == "acme" && stored.kind == .oauth)
            #expect(stored.contents == ["a": "hunter2"] && stored.failure == nil)
            #expect(stored.format == .envelope && stored.keyID?.utf8.count == 8)
            #expect(Date(iso8601: stored.createdAt) != nil)
            #expect(stored.createdAt == stored.updatedAt)
        }
        #expect(try await store.load("acme", .derived) == nil)
        #expect(try await store.load("other", .oauth) == nil)
        #expect(try await payloads().allSatisfy { $0.hasPrefix("hs1.") && !$0.contains("hunter2") })
    }

    private func savingAgainReplaces() async throws {
        let store = try store()
        let first = try await store.save("acme", .oauth, 1)
        try await Task.sleep(for: .milliseconds(5))
        let second = try await store.save("acme", .oauth, 2)
        #expect(second.contents == 2)
        #expect(second.createdAt == first.createdAt)
        #expect(second.updatedAt > first.updatedAt)
        #expect(try await payloads().count == 1)
    }

    private func theFirstStays() async throws {
        let store = try store()
        #expect(try await store.saveIfAbsent("acme", .derived, 1)?.contents == 1)
        #expect(try await store.saveIfAbsent("acme", .derived, 2) == nil)
        #expect(try await store.saveIfAbsent("acme", .oauth, 3)?.contents == 3)
        #expect(try await store.load("acme", .derived)?.contents == 1)
    }

    private func ofManyOneIsFirst() async throws {
        let store = try store()
        let winners = try await ofTwenty { number in
            try await store.saveIfAbsent("acme", .derived, number)?.contents
        }
        #expect(winners.count == 1)
        #expect(try await store.load("acme", .derived)?.contents == winners.first)
    }

    private func manySaversAllCount() async throws {
        let store = try store()
        let saved = try await ofTwenty { number in
            try await store.save("acme", .oauth, number).contents
        }
        #expect(saved.count == 20)
        let last = try #require(try await store.load("acme", .oauth)?.contents)
        #expect(saved.contains(last))
    }

    private func ofTwenty(
        _ body: @escaping @Sendable (JSONValue) async throws -> JSONValue?
    ) async throws -> [JSONValue] {
        try await withThrowingTaskGroup(of: JSONValue?.self) { group in
            for number: Int64 in 0..<20 { group.addTask { try await body(.integer(number)) } }
            return try await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
        }
    }

    private func aSwapLoses() async throws {
        let store = try store()
        let first = try await store.save("acme", .derived, 1)
        #expect(try await store.swap(first, for: 2))
        #expect(try await store.load("acme", .derived)?.contents == 2)
        #expect(try await !store.swap(first, for: 3), "it was swapped since")
        let second = try #require(try await store.load("acme", .derived))
        try await store.save("acme", .derived, 2)
        #expect(try await !store.swap(second, for: 3), "the same contents, saved again")
        let third = try #require(try await store.load("acme", .derived))
        _ = try await store.delete("acme")
        #expect(try await !store.swap(third, for: 3), "it was deleted since")
        #expect(try await store.load("acme", .derived) == nil)
    }

    private func aSwapKeepsDates() async throws {
        let store = try store()
        let first = try await store.save("acme", .derived, 1)
        try await Task.sleep(for: .milliseconds(5))
        let second = try #require(try await store.replace(first, by: 2))
        #expect(second.createdAt == first.createdAt && second.updatedAt > first.updatedAt)
        #expect(try await store.swap(second, for: 3), "what it answers is the row as it is")
    }

    private func deletingRemovesBothKinds() async throws {
        let store = try store()
        for provider: ProviderID in ["acme", "other"] {
            for kind in [CredentialKind.oauth, .derived] { try await store.save(provider, kind, 1) }
        }
        let stranger = try self.store("another")
        #expect(try await stranger.delete("acme"), "it opens none")
        #expect(try await !stranger.delete("acme"))
        #expect(try await !stranger.delete("a%"))
        #expect(try await store.load("acme", .oauth) == nil)
        #expect(try await store.load("acme", .derived) == nil)
        #expect(try await store.load("other", .derived)?.contents == 1)
        try await store.save("half", .derived, 1)
        #expect(try await store.delete("half"), "a row of one kind is enough")
    }

    private func anotherGrantIsNotDeleted() async throws {
        let store = try store()
        for provider: ProviderID in ["acme", "other"] {
            for kind in [CredentialKind.oauth, .derived] { try await store.save(provider, kind, 1) }
        }
        let first = try #require(try await store.load("acme", .oauth))
        try await store.save("acme", .oauth, 2)
        #expect(try await !store.delete("acme", ifGrantIs: first))
        #expect(try await !store.delete("acme", ifGrantIs: nil))
        #expect(try await store.load("acme", .derived)?.contents == 1, "what belongs to it stays")
        let second = try #require(try await store.load("acme", .oauth))
        #expect(try await store.delete("acme", ifGrantIs: second))
        #expect(try await !store.delete("acme", ifGrantIs: second))
        #expect(try await store.load("acme", .derived) == nil)
        #expect(try await store.load("other", .derived)?.contents == 1)
        try await store.save("half", .derived, 1)
        #expect(try await store.delete("half", ifGrantIs: nil), "without a grant all goes")
    }

    private func aClosedRowIsThere() async throws {
        let saved = try await store().save("acme", .oauth, GrantTests.document())
        let stranger = try store("another")
        let stored = try #require(try await stranger.load("acme", .oauth))
        #expect(stored.contents == nil && stored.grant(fields: []) == nil)
        #expect(stored.keyID == saved.keyID && stored.format == .envelope)
        #expect(stored.failure == saved.keyID.map { .unknownKey(id: $0) })
        #expect(try await stranger.all(.oauth).count == 1)
        #expect(try await stranger.saveIfAbsent("acme", .oauth, 1) == nil)
        #expect(try await store("new", previous: "s").load("acme", .oauth)?.failure == nil)
    }

    private func theListIsSorted() async throws {
        let store = try store()
        for provider: ProviderID in ["b", "a", "c'; DROP TABLE provider_credentials; --"] {
            try await store.save(provider, .oauth, 1)
        }
        try await store.save("d", .derived, 1)
        #expect(
            try await store.all(.oauth).map(\.provider) == [
                "a", "b", "c'; DROP TABLE provider_credentials; --",
            ])
        #expect(try await store.all(.derived).map(\.provider) == ["d"])
    }
}
