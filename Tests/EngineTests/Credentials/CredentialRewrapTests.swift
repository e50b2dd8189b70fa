import Engine
import Testing

@Suite("Credential rewrap")
struct CredentialRewrapTests {
    private static func withContract(
        _ body: (CredentialStoreContract) async throws -> Void
    ) async throws {
        try await withDatabase { try await body(CredentialStoreContract($0)) }
    }

    private static func key(_ secret: String) throws -> String {
        try CredentialSealer(secret: Secret(secret)).currentKeyID
    }

    /// Rows of each format, key and fate.
    private static func fill(_ contract: CredentialStoreContract) async throws {
        try await contract.store("new").save("a-new", .oauth, 1)
        try await contract.store("old").save("b-old", .oauth, 2)
        try await contract.store("old").save("b-old", .derived, 3)
        try await contract.store("lost").save("c-lost", .oauth, 4)
        for (provider, secret) in [("d-legacy", "new"), ("e-legacy", "old"), ("f-legacy", "lost")] {
            try await contract.insert(
                try LegacyRow.seal("5", secret: secret), provider: ProviderID(rawValue: provider))
        }
        try await contract.insert("nonsense", provider: "g")
    }

    @Test func `every row that opens is sealed anew, the others are named`() async throws {
        try await Self.withContract { contract in
            try await Self.fill(contract)
            let before = try await contract.payloads()
            let store = try contract.store("new", previous: "old")
            let dry = try await CredentialRewrap(store, dryRun: true).run()
            #expect(try await contract.payloads() == before)
            let done = try await CredentialRewrap(store).run()
            #expect(dry == done, "a dry run says what a run will do")
            #expect(done.seen == 8 && done.rewrapped == 4)
            #expect(done.closed.map(\.provider) == ["c-lost", "f-legacy", "g"])
            let lost = try Self.key("lost")
            #expect(done.closed.map(\.keyID) == [lost, nil, nil])
            #expect(
                done.closed.map(\.failure) == [
                    .unknownKey(id: lost), .notAuthentic(keyID: nil), .malformed,
                ])
            let alone = try contract.store("new")
            let contents = try await alone.all(.oauth).map(\.contents)
            #expect(contents == [1, 2, nil, 5, 5, nil, nil])
            #expect(try await alone.load("b-old", .derived)?.contents == 3)
            let again = try await CredentialRewrap(store).run()
            #expect(again.rewrapped == 0 && again.closed == done.closed)
            #expect(try await contract.payloads().first == before.first, "it needed nothing")
        }
    }

    @Test func `a row that others change in between is loaded again`() async throws {
        try await Self.withContract { contract in
            let old = try contract.store("old")
            for provider: ProviderID in ["a", "b", "c"] { try await old.save(provider, .oauth, 1) }
            let new = try contract.store("new", previous: "old")
            // Before each of the first writes, somebody else writes to that very row.
            let meddler = MeddledDatabase(
                contract.database,
                [
                    { try await old.save("a", .oauth, 2) }, { try await new.save("a", .oauth, 3) },
                    { _ = try await new.delete("b") },
                ])
            let sealer = try CredentialSealer(secret: Secret("new"), previous: [Secret("old")])
            let done = try await CredentialRewrap(CredentialStore(meddler, sealer: sealer)).run()
            #expect(done.closed.isEmpty)
            let rows = try await contract.store("new").all(.oauth)
            #expect(rows.map(\.contents) == [3, 1])
            #expect(rows.map(\.provider) == ["a", "c"])
        }
    }

    @Test func `a row that appears behind it under an earlier key is found`() async throws {
        try await Self.withContract { contract in
            let old = try contract.store("old")
            try await old.save("m", .oauth, 1)
            let meddler = MeddledDatabase(
                contract.database, [{ try await old.save("a", .oauth, 2) }])
            let sealer = try CredentialSealer(secret: Secret("new"), previous: [Secret("old")])
            let done = try await CredentialRewrap(CredentialStore(meddler, sealer: sealer)).run()
            #expect(done.rewrapped == 2)
            #expect(try await contract.store("new").all(.oauth).map(\.contents) == [2, 1])
        }
    }

    @Test func `more rows than a page holds are all done`() async throws {
        try await Self.withContract { contract in
            let old = try contract.store("old")
            for number in 0..<250 {
                try await old.save(ProviderID(rawValue: "p\(number)"), .oauth, 1)
            }
            let store = try contract.store("new", previous: "old")
            #expect(try await CredentialRewrap(store).run().rewrapped == 250)
            #expect(try await contract.store("new").all(.oauth).allSatisfy { $0.failure == nil })
        }
    }

    @Test func `the census counts every row under its key`() async throws {
        try await Self.withContract { contract in
            try await Self.fill(contract)
            let entries = try await contract.store("new", previous: "old", "unused").census()
                .entries
            let table = entries.map { entry in
                [
                    entry.keyID ?? "-", entry.format?.rawValue ?? "-", entry.standing.rawValue,
                    "\(entry.rows) \(entry.closed)",
                ]
            }
            let (new, old) = (try Self.key("new"), try Self.key("old"))
            #expect(
                table == [
                    [new, "hs1", "current", "1 0"], [new, "legacy", "current", "1 0"],
                    [old, "hs1", "previous", "2 0"], [old, "legacy", "previous", "1 0"],
                    [try Self.key("unused"), "hs1", "previous", "0 0"],
                    [try Self.key("lost"), "hs1", "unknown", "1 1"],
                    ["-", "legacy", "unknown", "1 1"], ["-", "-", "unknown", "1 1"],
                ])
        }
    }
}
