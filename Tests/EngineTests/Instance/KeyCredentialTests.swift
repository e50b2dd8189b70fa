import AcmeProviders
import Engine
import ProviderKit
import Testing

@Suite("Pasted keys on an instance")
struct KeyCredentialTests {
    @Test func `storing answers what may be said of it, and the same again`() async throws {
        try await KeyStage.set { stage in
            let stored = await stage.put()
            #expect(stored.status == 200)
            var members = try #require(stored.json.object)
            for name in ["createdAt", "updatedAt", "keyId"] {
                #expect(members.removeValue(forKey: name)?.string?.isEmpty == false)
            }
            #expect(
                members == [
                    "providerId": "keyed-acme", "kind": "api_key", "account": "4711",
                    "plan": "pro", "scopes": [], "expiresAt": nil, "status": "ok", "scopeGap": [],
                    "missingFeatures": [],
                ])
            #expect(await stage.call("GET", KeyStage.credential).text == stored.text)
            let listed = await stage.call("GET", "/v1/admin/provider-credentials")
            #expect(listed.text == #"{"credentials":[\#(stored.text)]}"#)
        }
    }

    static let payloads: [(String, JSONValue?)] = [
        ("apiKey", nil), ("apiKey", .null), ("apiKey", 7), ("apiKey", ""), ("apiKey", "hunter2"),
        ("apiKey", "ak_live_hunter2\n"), ("account", "x"), ("account", nil),
        ("signingKey", "00"), ("signingKey", ["x"]),
    ]

    @Test(arguments: payloads)
    func `keys that break their rules are refused with the member's name`(
        name: String, value: JSONValue?
    ) async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let before = await stage.call("GET", KeyStage.credential).text
            let answer = await stage.put([name: value])
            #expect(answer.status == 400 && answer.error == "invalid_credential")
            #expect(answer.json["detail"]?.string?.contains("'\(name)'") == true)
            #expect(await stage.call("GET", KeyStage.credential).text == before)
        }
    }

    @Test(
        arguments: [
            ["kind": "oauth", "payload": KeyStage.payload()["payload"] ?? nil],
            ["kind": "oauth", "payload": Desk.grant()], ["kind": "derived", "payload": [:]],
            ["kind": "api_key", "payload": [:]], ["kind": "api_key", "payload": ["keys": []]],
            ["kind": "api_key", "payload": ["keys": [:], "privateHost": "https://a.example"]],
        ] as [JSONValue])
    func `another kind or shape stores nothing`(body: JSONValue) async throws {
        try await KeyStage.set { stage in
            let answer = await stage.call("PUT", KeyStage.credential, body)
            #expect(answer.status == 400 && answer.error == "invalid_credential")
            try await stage.expect(rows: [])
        }
    }

    @Test(arguments: [nil, "", "http://10.0.0.1", "ftp://a.example", "hunter2"] as [JSONValue])
    func `a host in the open is refused`(host: JSONValue) async throws {
        try await KeyStage.set { stage in
            var payload = KeyStage.payload()["payload"]?.object ?? [:]
            payload["privateHost"] = host
            let answer = await stage.call(
                "PUT", KeyStage.credential, ["kind": "api_key", "payload": .object(payload)])
            #expect(answer.status == 400)
            #expect(answer.json["detail"]?.string?.contains("'privateHost'") == true)
        }
    }

    @Test func `a provider of grants takes no keys`() async throws {
        try await KeyStage.set { stage in
            let answer = await stage.call(
                "PUT", "/v1/admin/provider-credentials/device-acme", KeyStage.payload())
            #expect(answer.status == 400 && answer.json["detail"] == "'kind' is not 'oauth'")
        }
    }

    @Test func `what is stored takes the place of the other kind`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let grants = try stage.restarted(registry: [Renamed()])
            #expect(await grants.call("GET", KeyStage.credential).json["kind"] == "api_key")
            let info = await grants.call("GET", "\(KeyStage.provider)/connect-info")
            #expect(info.json["grantHost"] == .null, "a provider of grants uses no key")
            let stored = await grants.call(
                "PUT", KeyStage.credential, ["kind": "oauth", "payload": Desk.grant()])
            #expect(stored.status == 200)
            try await stage.expect(rows: ["keyed-acme oauth"])
            #expect(await stage.put().status == 200)
            try await stage.expect(rows: ["keyed-acme api_key"])
        }
    }

    @Test func `nothing is renewed`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let answer = await stage.call("POST", KeyStage.credential + "/refresh")
            #expect(answer.status == 409 && answer.error == "nothing_to_refresh")
            #expect(stage.api.lines == [])
        }
    }

    @Test func `provisioning, its looks and routes carry the key`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let plan = await stage.call("POST", "\(KeyStage.provider)/provision?plan=true")
            #expect(plan.status == 200, "\(plan.text)")
            let done = await stage.call("POST", "\(KeyStage.provider)/provision")
            #expect(done.status == 200 && stage.api.state.withLock { $0.pings } == [200])
            #expect(await stage.call("GET", "\(KeyStage.provider)/drift").json["drift"] == false)
            let loop = await stage.call("POST", "\(KeyStage.provider)/verify")
            #expect(loop.json["ok"] == true, "\(loop.text)")
            let who = await stage.call("GET", "\(KeyStage.provider)/whoami")
            #expect(
                who.json == [
                    "source": "api_key", "scopes": 0, "fields": ["account": "4711", "plan": "pro"],
                ])
            let carried = Set(stage.api.state.withLock { $0.requests.map(\.carried) })
            #expect(carried == ["Key \(KeyStage.apiKey)"])
            let info = await stage.call("GET", "\(KeyStage.provider)/connect-info")
            #expect(info.json["grantHost"] == "https://keys.acme.example")
            #expect(info.json["webhookSecretConfigured"] == true && info.json["scopeGap"] == [])
        }
    }

    @Test func `the stored keys come before the environment's, which use the same header`()
        async throws
    {
        let environment = [
            "KEYED_ACME_API_KEY": KeyStage.apiKey, "KEYED_ACME_HOST": "https://keys.acme.example",
        ]
        try await KeyStage.set(environment) { stage in
            let route = "\(KeyStage.provider)/whoami"
            #expect(await stage.call("GET", route).json["source"] == "personal_key")
            let plan = await stage.call("POST", "\(KeyStage.provider)/provision")
            #expect(plan.status == 200, "\(plan.text)")
            _ = await stage.put()
            #expect(await stage.call("GET", route).json["source"] == "api_key")
            _ = await stage.call("DELETE", KeyStage.credential)
            #expect(await stage.call("GET", route).json["source"] == "personal_key")
            let other = try stage.restarted(["KEYED_ACME_API_KEY": ""])
            #expect(await other.call("GET", route).error == "no_credential")
            let refused = await other.call("POST", "\(KeyStage.provider)/provision")
            #expect(refused.status == 409 && refused.error == "no_keyed-acme_credential")
        }
    }

    @Test func `connecting again changes the key and what verifies at once`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let event =
                #"{"id":"1","type":"t","user":{"id":"u"},"at":"2026-01-02T03:04:05Z"}"#
            #expect(await stage.api.deliver(event) == 200)
            let key = String(repeating: "ab", count: 16)
            #expect(await stage.put(["signingKey": .string(key)]).status == 200)
            #expect(await stage.api.deliver(event) == 401)
            #expect(await stage.api.deliver(event, signedWith: key) == 200)
            _ = await stage.call("DELETE", KeyStage.credential)
            #expect(await stage.api.deliver(event, signedWith: key) == 401)
        }
    }

    @Test func `the environment's webhook secret comes first`() async throws {
        try await KeyStage.set(["KEYED_ACME_SIGNING_KEY": "from-the-environment"]) { stage in
            _ = await stage.put()
            #expect(await stage.api.deliver(#"{"type":"ping"}"#) == 401)
            let ping = await stage.api.deliver(
                #"{"type":"ping"}"#, signedWith: "from-the-environment")
            #expect(ping == 200)
        }
    }

    @Test func `no secret is minted beside one that is pasted, and none rotated`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            #expect(await stage.call("POST", "\(KeyStage.provider)/provision").status == 200)
            let derived = try await stage.derived()
            #expect(derived?["webhookSecret"] == nil && derived?["workspaceName"] == "One")
            let rotated = await stage.call(
                "POST", "\(KeyStage.provider)/provision", ["rotateSecret": true])
            #expect(rotated.status == 409 && rotated.error == "webhook_secret_not_minted")
        }
    }

    @Test func `rows that no secret opens are told, and put deliveries off`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let other = try stage.restarted([
                "BETTER_AUTH_SECRET": "another-0123456789-0123456789-abc"
            ])
            let shown = await other.call("GET", KeyStage.credential)
            #expect(shown.status == 409 && shown.error == "credential_undecryptable")
            let listed = await other.call("GET", "/v1/admin/provider-credentials")
            let first = listed.json["credentials"]?.array?.first
            #expect(first?["status"] == "undecryptable" && first?["account"] == .null)
            #expect(first?["kind"] == "api_key")
            #expect(await other.api.deliver(#"{"type":"ping"}"#) == 503)
            #expect(await other.call("GET", "\(KeyStage.provider)/whoami").error == "no_credential")
            let left = await other.call(
                "POST", "\(KeyStage.provider)/disconnect", ["keepDestination": true])
            #expect(left.status == 200)
            try await stage.expect(rows: [])
        }
    }

    @Test func `leaving takes the hook and the rows away, and says that the key lives on`()
        async throws
    {
        try await KeyStage.set { stage in
            _ = await stage.put()
            _ = await stage.call("POST", "\(KeyStage.provider)/provision")
            let plan = await stage.call("POST", "\(KeyStage.provider)/disconnect", ["plan": true])
            let left = await stage.call("POST", "\(KeyStage.provider)/disconnect")
            for answer in [plan, left] {
                #expect(
                    answer.json["steps"]?.array?[1]["text"]?.string
                        == "the pasted key still exists at Keyed Acme; delete it there, at \(KeyedAcme.page)"
                )
            }
            #expect(
                DisconnectRouteTests.outcomes(left) == [
                    "destination done", "revocation skipped", "credential done",
                ])
            #expect(stage.api.state.withLock { $0.hook == nil })
            try await stage.expect(rows: [])
            let again = await stage.call("POST", "\(KeyStage.provider)/disconnect")
            #expect(again.json["nothing"] == true)
        }
    }

    @Test func `a key that no longer works keeps the rows until that step is given up`()
        async throws
    {
        try await KeyStage.set { stage in
            _ = await stage.put()
            _ = await stage.call("POST", "\(KeyStage.provider)/provision")
            stage.api.state.withLock { $0.admission.value = "Key another" }
            let failed = await stage.call("POST", "\(KeyStage.provider)/disconnect")
            #expect(failed.status == 502)
            try await stage.expect(rows: ["keyed-acme api_key", "keyed-acme derived"])
            let left = await stage.call(
                "POST", "\(KeyStage.provider)/disconnect", ["keepDestination": true])
            #expect(left.status == 200)
            try await stage.expect(rows: [])
        }
    }

    @Test func `a rewrap seals the row anew`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let new = "hunter2-another-0123456789-0123456789"
            let sealer = try CredentialSealer(
                secret: Secret(new),
                previous: [Secret(stage.environment["BETTER_AUTH_SECRET"] ?? "")])
            let done = try await CredentialRewrap(
                CredentialStore(stage.database, sealer: sealer)
            ).run()
            #expect(done.rewrapped == 1 && done.closed == [])
            let later = try stage.restarted(["BETTER_AUTH_SECRET": new])
            #expect(await later.call("GET", KeyStage.credential).json["account"] == "4711")
            #expect(await later.api.deliver(#"{"type":"ping"}"#) == 200)
        }
    }

    @Test func `a row of a provider that is gone shows no value`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let other = try stage.restarted(registry: [Acme()])
            let shown = await other.call("GET", KeyStage.credential)
            #expect(shown.status == 200 && shown.json["account"] == nil)
            #expect(await other.call("DELETE", KeyStage.credential).status == 200)
        }
    }

    @Test func `another key that is stored meanwhile is not deleted`() async throws {
        try await withDatabase { database in
            let store = CredentialStore(database, sealer: try CredentialSealer(secret: Secret("x")))
            try await store.save("acme", .apiKey, 1)
            try await store.save("acme", .derived, 1)
            let first = try #require(try await store.load("acme", .apiKey))
            try await store.save("acme", .apiKey, 2)
            #expect(try await !store.delete("acme", ifGrantIs: nil, keysAre: first))
            #expect(try await !store.delete("acme", ifGrantIs: nil))
            let second = try #require(try await store.load("acme", .apiKey))
            #expect(try await store.delete("acme", ifGrantIs: nil, keysAre: second))
            #expect(try await store.load("acme", .derived) == nil)
        }
    }
}

/// The same service in a release that had grants.
private struct Renamed: Provider {
    let id: ProviderID = "keyed-acme"
    let name = "Keyed Acme"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "c")
}

extension KeyStage {
    fileprivate func derived() async throws -> JSONValue? {
        let sealer = try CredentialSealer(
            secret: Secret(environment["BETTER_AUTH_SECRET"] ?? ""))
        return try await CredentialStore(database, sealer: sealer).load("keyed-acme", .derived)?
            .contents
    }
}
