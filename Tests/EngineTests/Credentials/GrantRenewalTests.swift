import Engine
import ProviderKit
import Testing

@Suite("A renewed grant")
struct GrantRenewalTests {
    /// The stored grant after a refresh, which began with these members.
    private func renewed(
        _ changes: [String: JSONValue], by answer: [String: JSONValue] = [:]
    ) async throws -> [String: JSONValue] {
        let contents = Locked<[String: JSONValue]>([:])
        try await withWorkshop { workshop in
            try await workshop.store(left: -1, changes)
            let plain: [String: JSONValue] = [
                "access_token": "access-2", "token_type": "Bearer", "expires_in": 3600,
            ]
            let client = ScriptedHTTPClient(.json(.object(plain.merging(answer) { $1 })))
            let token = await workshop.manager(client).token(ifAny: "acme")
            #expect(token == Secret("access-2"))
            let stored = try await workshop.row()?.contents?.object ?? [:]
            contents.withLock { $0 = stored }
        }
        return contents.withLock { $0 }
    }

    @Test func `what the answer leaves out stays, and so does what nobody knows`() async throws {
        let before: [String: JSONValue] = [
            "workspace": "w-1", "nickname": "n", "somethingElse": ["a": [1, .number(2.5), nil]],
            "legacyFlag": true,
        ]
        let after = try await renewed(before)
        #expect(after["refreshToken"] == "refresh-1")
        #expect(after["scopes"] == ["read", "write"])
        for (name, value) in before { #expect(after[name] == value) }
    }

    @Test func `what it brings replaces the old`() async throws {
        let after = try await renewed(
            ["workspace": "w-1"],
            by: ["refresh_token": "refresh-2", "workspace": "w-2", "unasked": 1])
        #expect(after["refreshToken"] == "refresh-2")
        #expect(after["workspace"] == "w-2")
        #expect(after["unasked"] == nil)
    }

    @Test(
        arguments: [
            ("read", ["read"]), ("read write admin", ["read", "write"]), ("admin", []),
            ("write read", ["write", "read"]),
        ] as [(String, JSONValue)])
    func `its scopes never grow`(answered: String, stored: JSONValue) async throws {
        let after = try await renewed([:], by: ["scope": .string(answered)])
        #expect(after["scopes"] == stored)
    }

    @Test func `none are none, and unknown ones are what the answer says`() async throws {
        #expect(try await renewed(["scopes": []], by: ["scope": "admin"])["scopes"] == [])
        let learnt = try await renewed(["scopes": .null], by: ["scope": "read"])
        #expect(learnt["scopes"] == ["read"])
    }

    @Test func `scopes written as a text stay a text`() async throws {
        let narrowed = try await renewed(["scopes": "read write"], by: ["scope": "write admin"])
        #expect(narrowed["scopes"] == "write")
        #expect(try await renewed(["scopes": "read write"])["scopes"] == "read write")
    }

    @Test(
        arguments: [
            (.string("2020-01-01T00:00:00.000Z"), .string("2026-09-21T15:13:20.000Z")),
            (.string("2020-01-01T00:00:00Z"), .string("2026-09-21T15:13:20.000Z")),
            (.integer(1_500_000_000), .integer(1_790_003_600)),
            (.integer(1_500_000_000_000), .integer(1_790_003_600_000)),
            (.number(1_500_000_000.5), .integer(1_790_003_600)),
        ] as [(JSONValue, JSONValue)])
    func `its end is spelled as before`(before: JSONValue, after: JSONValue) async throws {
        #expect(try await renewed(["expiresAt": before])["expiresAt"] == after)
    }

    @Test(arguments: [nil, 0, -5, "soon"] as [JSONValue])
    func `an answer that says no end leaves it open`(life: JSONValue) async throws {
        #expect(try await renewed([:], by: ["expires_in": life])["expiresAt"] == .null)
    }
}
