import Engine
import TestDatabases
import Testing

@Suite("Credential store")
struct CredentialStoreTests {
    @Test(arguments: DatabaseKind.allCases)
    func `it keeps its contract`(kind: DatabaseKind) async throws {
        try await withDatabase(kind) { try await CredentialStoreContract($0).check() }
    }

    @Test(arguments: [#""2030-01-02T03:04:05.678Z""#, "1893553445678", "1893553445.678"])
    func `a grant of the earlier implementation is read with any of its dates`(date: String)
        async throws
    {
        try await withDatabase { database in
            let contract = CredentialStoreContract(database)
            let text = String(decoding: GrantTests.document().encoded(), as: UTF8.self)
                .replacing(#""2030-01-02T03:04:05.678Z""#, with: date)
            try await contract.insert(try LegacyRow.seal(text, secret: "s"))
            let stored = try #require(try await contract.store().load("acme", .oauth))
            let grant = try #require(stored.grant(fields: []))
            #expect(grant.expiresAt?.iso8601 == "2030-01-02T03:04:05.678Z")
            #expect(stored.contents?["expiresAt"] == .text(date), "its type is kept")
        }
    }
}
