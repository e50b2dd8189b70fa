import Engine
import Testing

@Suite("Credential routes")
struct CredentialRoutesTests {
    static let list = "/v1/admin/provider-credentials"

    @Test func `storing answers what may be said of it, and the same again`() async throws {
        try await Desk.open { desk in
            let first = await desk.connect()
            let second = await desk.connect(["scopes": "workspaces:read"])
            let expected: [(scopes: JSONValue, gap: JSONValue, off: JSONValue)] = [
                (["workspaces:read", "hooks:write"], [], []),
                (["workspaces:read"], ["hooks:write"], ["hooks"]),
            ]
            for (answer, (scopes, gap, off)) in zip([first, second], expected) {
                #expect(answer.status == 200)
                var members = try #require(answer.json.object)
                for name in ["createdAt", "updatedAt"] {
                    let date = members.removeValue(forKey: name)?.string
                    #expect(date.flatMap { Date(iso8601: $0) } != nil)
                }
                #expect(members.removeValue(forKey: "keyId")?.string?.utf8.count == 8)
                #expect(
                    members == [
                        "providerId": "acme", "kind": "oauth", "scopes": scopes, "workspace": "w1",
                        "expiresAt": "2030-01-02T03:04:05.678Z", "status": "ok", "reason": nil,
                        "since": nil, "lastRefreshAt": nil, "scopeGap": gap, "missingFeatures": off,
                        "nextAttemptAt": "2030-01-02T03:03:05.678Z",
                    ])
            }
            #expect(first.json["createdAt"] == second.json["createdAt"])
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.status == 200 && shown.text == second.text)
            let listed = await desk.call("GET", Self.list)
            #expect(listed.text == #"{"credentials":[\#(second.text)]}"#)
        }
    }

    @Test func `a second login replaces the first whole`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            await desk.connect(["workspace": nil, "expiresAt": nil, "scopes": []])
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.json["workspace"] == .null)
            #expect(shown.json["expiresAt"] == .null)
            #expect(shown.json["scopes"] == [])
        }
    }

    @Test func `fields that nobody knows are ignored`() async throws {
        try await Desk.open { desk in
            let answer = await desk.call(
                "PUT", Desk.credential,
                [
                    "kind": "oauth", "payload": Desk.grant(["x": "hunter2-x"]), "version": 3,
                    "providerId": "old-service",
                ])
            #expect(answer.status == 200 && answer.json["providerId"] == "acme")
            #expect(answer.json["x"] == nil)
        }
    }

    @Test(arguments: ["nobody", "ACME", "acme%20", "..", "%2e%2e", "acme%00", "hunter3'; --"])
    func `an unknown provider is told the known ones`(name: String) async throws {
        try await Desk.open { desk in
            let answer = await desk.call(
                "PUT", "\(Self.list)/\(name)", ["kind": "oauth", "payload": Desk.grant()])
            #expect(answer.status == 404)
            #expect(answer.error == "unknown_provider")
            #expect(answer.json["known"] == ["acme", "old-service"])
            let shown = await desk.call("GET", "\(Self.list)/\(name)")
            #expect(shown.status == 404)
            let deleted = await desk.call("DELETE", "\(Self.list)/\(name)")
            #expect(deleted.status == 404)
        }
    }

    static let malformed: [(String, String)] = [
        ("{", "invalid_json"), ("not json", "invalid_json"), ("\u{0}", "invalid_json"),
        ("[]", "invalid_body"), ("null", "invalid_body"), ("\"oauth\"", "invalid_body"),
        ("1", "invalid_body"), ("", "invalid_credential"), ("{}", "invalid_credential"),
        (#"{"kind":"oauth"}"#, "invalid_credential"), (#"{"payload":{}}"#, "invalid_credential"),
        (#"{"kind":"oauth","payload":null}"#, "invalid_credential"),
        (#"{"kind":"oauth","payload":[]}"#, "invalid_credential"),
        (#"{"kind":"oauth","payload":"{}"}"#, "invalid_credential"),
        (#"{"kind":"oauth","payload":{}}"#, "invalid_credential"),
    ]

    @Test(arguments: malformed)
    func `a body of another shape stores nothing`(body: String, error: String) async throws {
        try await Desk.open { desk in
            let answer = await desk.send("PUT", Desk.credential, body: Data(body.utf8))
            #expect(answer.status == 400)
            #expect(answer.error == error)
            #expect(answer.json["detail"]?.string?.isEmpty == false)
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.status == 404)
        }
    }

    @Test(arguments: ["derived", "OAuth", "api_key", "", nil, 1, ["oauth"]] as [JSONValue])
    func `another kind is refused`(kind: JSONValue) async throws {
        try await Desk.open { desk in
            let answer = await desk.call(
                "PUT", Desk.credential, ["kind": kind, "payload": Desk.grant()])
            #expect(answer.status == 400 && answer.error == "invalid_credential")
        }
    }

    static let payloads: [(String, JSONValue?)] = [
        ("accessToken", nil), ("accessToken", .null), ("accessToken", "hunter2\n"),
        ("refreshToken", nil), ("refreshToken", .null), ("tokenEndpoint", nil),
        ("tokenEndpoint", "http://eu.acme.example/token"), ("tokenEndpoint", "hunter2"),
        ("clientId", nil), ("expiresAt", "hunter2"), ("expiresAt", "2030-13-01T00:00:00Z"),
        ("expiresAt", true), ("expiresAt", .number(1e300)), ("scopes", [1]),
        ("privateHost", "http://10.0.0.1"),
    ]

    @Test(arguments: payloads)
    func `a grant that could not be used is refused with the member's name`(
        name: String, value: JSONValue?
    ) async throws {
        try await Desk.open { desk in
            await desk.connect()
            let before = await desk.call("GET", Desk.credential)
            let answer = await desk.connect([name: value])
            #expect(answer.status == 400 && answer.error == "invalid_credential")
            #expect(answer.json["detail"]?.string?.contains("'\(name)'") == true)
            let after = await desk.call("GET", Desk.credential)
            #expect(after.text == before.text, "what was stored stays")
        }
    }

    @Test func `a service without refresh tokens needs none`() async throws {
        try await Desk.open { desk in
            let answer = await desk.call(
                "PUT", "\(Self.list)/old-service",
                ["kind": "oauth", "payload": Desk.grant(["refreshToken": nil])])
            #expect(answer.status == 200)
        }
    }

    @Test func `a credential of another secret is refused alone and listed with nulls`()
        async throws
    {
        try await Desk.open { desk in
            let keyID = try #require(await desk.connect().json["keyId"]?.string)
            let reason =
                "it is sealed with the key '\(keyID)', which no secret of this instance makes"
            let other = try desk.restarted(["BETTER_AUTH_SECRET": "hunter2-another-secret"])
            let shown = await other.call("GET", Desk.credential)
            #expect(shown.status == 409 && shown.error == "credential_undecryptable")
            #expect(shown.json["detail"]?.string?.hasSuffix(reason) == true)
            #expect(shown.json["remediation"]?.string?.contains(keyID) == true)
            let listed = await other.call("GET", Self.list)
            #expect(listed.status == 200)
            var members = try #require(listed.json["credentials"]?.array?.first?.object)
            #expect(members.removeValue(forKey: "createdAt")?.string != nil)
            #expect(members.removeValue(forKey: "updatedAt")?.string != nil)
            #expect(
                members == [
                    "providerId": "acme", "kind": "oauth", "status": "undecryptable",
                    "scopes": nil, "expiresAt": nil, "workspace": nil, "keyId": .string(keyID),
                    "reason": .string(reason), "since": nil, "lastRefreshAt": nil,
                    "nextAttemptAt": nil,
                ])
            let rotated = try other.restarted([
                "BETTER_AUTH_SECRET_PREVIOUS": "x, hunter2-auth-secret-0123456789abcdef ,"
            ])
            let opened = await rotated.call("GET", Desk.credential)
            #expect(opened.status == 200, "a previous secret opens it")
        }
    }

    @Test func `a row of the earlier implementation is used, and written back in its format`()
        async throws
    {
        try await Desk.open { desk in
            let secret = desk.environment["BETTER_AUTH_SECRET"] ?? ""
            let text = String(decoding: Desk.grant().encoded(), as: UTF8.self)
            try await CredentialStoreContract(desk.database).insert(
                try LegacyRow.seal(text, secret: secret))
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.status == 200 && shown.json["workspace"] == "w1")
            #expect(await desk.connect(["workspace": "w2"]).status == 200)
            let payloads = try await CredentialStoreContract(desk.database).payloads()
            #expect(
                try payloads.map { try LegacyRow.open($0, secret: secret).contains("w2") } == [true]
            )
        }
    }

    @Test func `what is no grant is listed with the reason`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            for (payload, reason) in [
                (
                    try LegacyRow.seal("[]", secret: desk.environment["BETTER_AUTH_SECRET"] ?? ""),
                    "no grant"
                ),
                (
                    try LegacyRow.seal("hi", secret: desk.environment["BETTER_AUTH_SECRET"] ?? ""),
                    "no JSON"
                ),
                (try LegacyRow.seal("[]", secret: "another"), "in the earlier format"),
                ("hs1.x", "in no format"),
            ] {
                try await desk.database.query(
                    "UPDATE provider_credentials SET payload = $1", .text(payload))
                let shown = await desk.call("GET", Desk.credential)
                #expect(shown.status == 409)
                #expect(shown.json["detail"]?.string?.contains(reason) == true)
                let listed = await desk.call("GET", Self.list).json["credentials"]?.array?.first
                #expect(listed?["status"] == "undecryptable")
                #expect(listed?["reason"]?.string?.contains(reason) == true)
            }
        }
    }

    @Test func `deleting opens nothing, removes every kind and says when there was none`()
        async throws
    {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Desk.provision)
            let other = try desk.restarted(["BETTER_AUTH_SECRET": "hunter2-another-secret"])
            let deleted = await other.call("DELETE", Desk.credential)
            #expect(deleted.status == 200 && deleted.text == #"{"deleted":true}"#)
            let rows = try await desk.database.query("SELECT id FROM provider_credentials")
            #expect(rows.isEmpty)
            let again = await other.call("DELETE", Desk.credential)
            #expect(again.status == 404 && again.error == "not_found")
        }
    }

    @Test func `a row of a provider that is gone can be seen and deleted`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            try await desk.database.query(
                "UPDATE provider_credentials SET provider_id = 'gone'")
            let listed = await desk.call("GET", Self.list)
            #expect(listed.json["credentials"]?.array?.first?["providerId"] == "gone")
            let deleted = await desk.call("DELETE", "\(Self.list)/gone")
            #expect(deleted.status == 200)
        }
    }
}
