import Engine
import Testing

extension CredentialStoreContract {
    static let plaintext =
        #"{"b":[1.50, 2],"unknown":{"x":null},"expiresAt":1893553445678,"a":"é"}"#

    /// Puts a row there as the earlier implementation does.
    func insert(
        _ payload: String, provider: ProviderID = "acme", kind: String = "oauth"
    ) async throws {
        let then = SQLValue.text("2025-01-02T03:04:05.678Z")
        try await database.query(
            """
            INSERT INTO provider_credentials
              (id, provider_id, kind, payload, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
            """, .text(UUID().uuidString.lowercased()), .text(provider.rawValue), .text(kind),
            .text(payload), then)
    }

    private func insertLegacy(_ secret: String) async throws {
        try await insert(try LegacyRow.seal(Self.plaintext, secret: secret))
    }

    // MARK: The earlier format

    func theEarlierFormatStays() async throws {
        try await insertLegacy("s")
        let store = try store("new", previous: "other", "s")
        let first = try #require(try await store.load("acme", .oauth))
        #expect(first.format == .legacy && first.contents == .text(Self.plaintext))
        let second = try await store.save("acme", .oauth, 2)
        #expect(try await store.swap(second, for: 3))
        #expect(try await payloads().map { try LegacyRow.open($0, secret: "new") } == ["3"])
        _ = try await store.delete("acme")
        #expect(try await store.save("acme", .oauth, 4).format == .envelope, "a new row is new")
    }

    func aClosedRowOfTheEarlierFormatKeepsIt() async throws {
        try await insertLegacy("lost")
        let store = try store()
        let found = try #require(try await store.load("acme", .oauth))
        #expect(found.failure == .notAuthentic(keyID: nil) && found.keyID == nil)
        #expect(try await !store.rewrap(found))
        #expect(try await store.save("acme", .oauth, 1).format == .legacy)
        #expect(try await payloads().map { try LegacyRow.open($0, secret: "s") } == ["1"])
    }

    // MARK: Rewrapping

    func aRewrapChangesTheTextAlone() async throws {
        try await insertLegacy("s")
        let store = try store("new", previous: "s")
        let old = try #require(try await store.load("acme", .oauth))
        #expect(try await store.rewrap(old))
        let new = try #require(try await self.store("new").load("acme", .oauth))
        #expect(new.contents == old.contents && new.format == .envelope)
        #expect(new.createdAt == old.createdAt && new.updatedAt == old.updatedAt)
        #expect(new.keyID != old.keyID)
        #expect(try await store.save("acme", .oauth, 1).format == .envelope, "it stays new")
    }

    func aRewrapLoses() async throws {
        let store = try store()
        let first = try await store.save("acme", .oauth, 1)
        try await store.save("acme", .oauth, 2)
        #expect(try await !store.rewrap(first))
        #expect(try await store.load("acme", .oauth)?.contents == 2)
        _ = try await store.delete("acme")
        #expect(try await !store.rewrap(first))
        #expect(try await payloads().isEmpty)
    }

    func aRewrapOpensFirst() async throws {
        try await store().save("acme", .oauth, 1)
        let before = try await payloads()
        let stranger = try store("another")
        let stored = try #require(try await stranger.load("acme", .oauth))
        #expect(try await !stranger.rewrap(stored))
        #expect(try await payloads() == before)
    }

    /// Also of a kind that this build does not know, and of what is no JSON.
    func aRewrapKeepsEveryByte() async throws {
        let store = try store()
        for (number, text) in [Self.plaintext, "18446744073709551616", "no JSON", ""].enumerated() {
            let provider = ProviderID(rawValue: "p\(number)")
            try await insert(
                try LegacyRow.seal(text, secret: "s"), provider: provider, kind: "another")
            let stored = try #require(
                try await store.load(provider, CredentialKind(rawValue: "another")))
            #expect(try await store.rewrap(stored))
            let payload = try #require(try await payloads().last)
            let opened = try CredentialSealer(secret: Secret("s")).open(
                payload, provider: provider, kind: stored.kind)
            #expect(opened.plaintext == Data(text.utf8) && opened.format == .envelope)
        }
    }

    // MARK: Pages

    func pagesHoldEveryRow() async throws {
        let store = try store()
        let names = (0..<10).map { "p\($0)" }
        for name in names {
            for kind in ["derived", "oauth", "zzz"] {
                try await store.save(ProviderID(rawValue: name), CredentialKind(rawValue: kind), 1)
            }
        }
        let wanted = names.flatMap { ["\($0) derived", "\($0) oauth", "\($0) zzz"] }
        for limit in [1, 7, 30, 100] {
            var (seen, last) = ([String](), StoredCredential?.none)
            while case let page = try await store.page(after: last, limit: limit), !page.isEmpty {
                #expect(page.count <= limit)
                seen += page.map { "\($0.provider) \($0.kind.rawValue)" }
                last = page.last
            }
            #expect(seen == wanted)
        }
    }

    func pagesBearComingAndGoing() async throws {
        let store = try store()
        for provider: ProviderID in ["a", "b", "c", "d"] {
            try await store.save(provider, .oauth, 1)
        }
        let first = try await store.page(limit: 2)
        _ = try await store.delete("a")
        _ = try await store.delete("b")
        try await store.save("aa", .oauth, 1)
        let rest = try await store.page(after: first.last, limit: 10)
        #expect(rest.map(\.provider) == ["c", "d"])
    }

    // MARK: Others

    func writesAreHeard() async throws {
        let store = try store()
        try await isHeard("a new row") { try await store.save("acme", .oauth, 1) }
        let first = try #require(try await store.load("acme", .oauth))
        try await isHeard("a rewrap") { _ = try await store.rewrap(first) }
        try await isHeard("a row saved again") { try await store.save("acme", .oauth, 2) }
        try await isHeard("a deletion") { _ = try await store.delete("acme") }
        #expect(try await payloads().isEmpty)
    }

    private func isHeard(_ name: String, _ write: () async throws -> Void) async throws {
        let heard = Promise<Void>()
        let changes = await database.changes()
        let listening = Task { for await _ in changes { heard.settle(()) } }
        try await write()
        #expect(await heard.value(within: .seconds(2)) != nil, "\(name)")
        listening.cancel()
    }
}
