import Engine
import Testing

@Suite("Credential summary")
struct CredentialSummaryTests {
    static let opened = #"""
        {"createdAt":"c","expiresAt":"e","keyId":"k","kind":"oauth","providerId":"acme","scopedTeams":[1],\#
        "scopes":["a"],"updatedAt":"u"}
        """#
    static let closed = #"""
        {"createdAt":"c","expiresAt":null,"keyId":"k","kind":"oauth","providerId":"acme",\#
        "reason":"r","scopedTeams":null,"scopes":null,"status":"undecryptable","updatedAt":"u"}
        """#

    @Test(arguments: [opened, closed])
    func `its documents are pinned and read`(text: String) throws {
        let summary = try #require(CredentialSummary(.text(text)))
        #expect((summary.opened == nil) == (text == Self.closed))
        let written = summary.json(fieldNames: ["scopedTeams"]).encoded()
        #expect(String(decoding: written, as: UTF8.self) == text)
    }

    @Test func `a field that was not granted is null`() throws {
        let summary = try #require(CredentialSummary(.text(Self.opened)))
        #expect(summary.json(fieldNames: ["other"])["other"] == .null)
        #expect(summary.json()["scopedTeams"] == [1])
    }

    @Test func `what a newer instance says of it is handed on`() throws {
        let summary = try #require(
            CredentialSummary(["providerId": "acme", "status": "expiring", "nextAttemptAt": "n"]))
        #expect(summary.opened != nil)
        #expect(summary.json()["status"] == "expiring" && summary.json()["nextAttemptAt"] == "n")
    }

    @Test func `it reads an older instance, which lists no status`() throws {
        let summary = try #require(CredentialSummary(["providerId": "posthog"]))
        #expect(summary.kind == "oauth" && summary.createdAt == nil)
        #expect(summary.opened?.scopes == [] && summary.opened?.expiresAt == nil)
        #expect(summary.keyID == nil)
    }

    @Test func `without a provider it is none`() {
        #expect(CredentialSummary(["kind": "oauth"]) == nil)
        #expect(CredentialSummary(["providerId": 1]) == nil)
    }
}
