import Engine
import ProviderKit
import TestDatabases
import Testing

@Suite("Disconnect route")
struct DisconnectRouteTests {
    static let route = "/v1/admin/providers/acme/disconnect"
    static let revoke = "https://eu.acme.example/revoke"
    static let hook = "https://hogsend.example/v1/webhooks/acme"

    /// A desk whose provider is connected and provisioned, with its minted secret.
    static func open(
        _ environment: [String: String] = [:], _ grant: [String: JSONValue?] = [:],
        on kind: DatabaseKind = .sqlite,
        _ body: (Desk, _ secret: String) async throws -> Void
    ) async throws {
        try await Desk.open(environment, on: kind) { desk in
            let given: [String: JSONValue?] = ["revocationEndpoint": .string(revoke)]
            await desk.connect(given.merging(grant) { $1 })
            #expect(await desk.call("POST", Desk.provision).status == 200)
            try await body(desk, desk.service.secrets.last ?? "")
        }
    }

    static func outcomes(_ answer: Desk.Answer) -> [String] {
        (answer.json["steps"]?.array ?? []).map {
            "\($0["step"]?.string ?? "") \($0["outcome"]?.string ?? "")"
        }
    }

    static func text(_ answer: Desk.Answer, _ step: Int) -> String {
        answer.json["steps"]?.array?[step]["text"]?.string ?? ""
    }

    static func rows(_ desk: Desk) async throws -> Int {
        try await desk.database.query("SELECT id FROM provider_credentials").count
    }

    static let done = ["destination done", "revocation done", "credential done"]

    @Test func `first the hook, then the tokens, then the rows`() async throws {
        try await Self.open { desk, _ in
            let before = desk.service.lines.count
            let answer = await desk.call("POST", Self.route)
            #expect(answer.status == 200 && answer.json["disconnected"] == true)
            #expect(Self.outcomes(answer) == Self.done)
            #expect(
                answer.json["steps"]?.array?[0]["removed"]
                    == [["object": "hook of w1", "action": "deleted"]])
            #expect(
                Array(desk.service.lines[before...]) == [
                    "GET /api/workspaces", "PUT /api/workspaces/w1/hook", "POST /revoke",
                    "POST /revoke",
                ])
            #expect(desk.service.hooks == [.null])
            #expect(desk.service.state.withLock { $0.revoked } == ["hunter2-r", "hunter2-a"])
            let rows = try await Self.rows(desk)
            #expect(rows == 0)
            let refreshes = try await desk.database.query("SELECT * FROM hogsend_token_refreshes")
            #expect(refreshes.isEmpty)
            #expect(await desk.call("GET", Desk.credential).status == 404)
        }
    }

    @Test func `a second time there is nothing`() async throws {
        try await Self.open { desk, _ in
            _ = await desk.call("POST", Self.route)
            let calls = desk.service.lines.count
            for body: JSONValue in [[:], ["plan": true], ["everywhere": true]] {
                let again = await desk.call("POST", Self.route, body)
                #expect(again.status == 200 && again.json["nothing"] == true)
                #expect(again.json["disconnected"] == false && again.json["steps"] == [])
            }
            #expect(desk.service.lines.count == calls)
        }
    }

    @Test func `a plan says what would be done, and does nothing`() async throws {
        try await Self.open { desk, secret in
            let writes = desk.service.client.writes.count
            let answer = await desk.call("POST", Self.route, ["plan": true])
            #expect(answer.status == 200 && answer.json["plan"] == true)
            #expect(
                Self.outcomes(answer)
                    == ["destination planned", "revocation planned", "credential planned"])
            #expect(Self.text(answer, 0) == "hook of w1 is to be deleted")
            #expect(
                Self.text(answer, 1) == "the refresh token and the access token are to be revoked")
            #expect(desk.service.client.writes.count == writes)
            let rows = try await Self.rows(desk)
            #expect(rows == 2)
            let records = try await desk.database.query("SELECT * FROM hogsend_disconnects")
            #expect(records.isEmpty)
            #expect(await desk.deliver(EventShelf.delivery(), secret: secret).json["event"] == "t")
        }
    }

    @Test func `only the administrator leaves, and whoever may have wanted a look does not`()
        async throws
    {
        try await Self.open { desk, _ in
            let calls = desk.service.lines.count
            #expect(await desk.send("POST", Self.route, headers: [:]).status == 401)
            for (query, body) in [
                ("?plan=true", "{}"), ("?x", "{}"), ("", #"{"plan":"true"}"#), ("", #"{"plan":1}"#),
                ("", #"{"everywhere":"no"}"#), ("", #"{"keepDestination":[]}"#), ("", "[]"),
                ("", "{"),
            ] {
                let answer = await desk.send("POST", Self.route + query, body: Data(body.utf8))
                #expect(answer.status == 400, "\(query) \(body)")
            }
            #expect(desk.service.lines.count == calls)
            let unknown = await desk.call("POST", "/v1/admin/providers/nobody/disconnect")
            #expect(unknown.status == 404)
        }
    }

    // MARK: What still arrives

    @Test func `what still arrives with the last secret is dropped, and all else refused`()
        async throws
    {
        try await Self.open { desk, secret in
            #expect(await desk.deliver(EventShelf.delivery(), secret: secret).json["event"] == "t")
            _ = await desk.call("POST", Self.route, ["keepDestination": true])
            #expect(desk.service.hooks == [.string(Self.hook)])
            for body in [EventShelf.delivery(), "not json"] {
                let late = await desk.deliver(body, secret: secret)
                #expect(late.status == 200 && late.text == #"{"ok":true,"skipped":true}"#)
            }
            for other in [nil, "", "wrong", secret + "x", String(secret.dropLast())] {
                #expect(await desk.deliver(EventShelf.delivery(), secret: other).status == 401)
            }
            #expect(await WebhookRouteTests.total(desk) == 1)
            let stored = try await desk.database.query("SELECT * FROM hogsend_disconnects")
            for hidden in [secret, "hunter2"] { #expect(!"\(stored)".contains(hidden)) }
        }
    }

    @Test func `the last secret is known under a changed auth secret, as long as the old one is`()
        async throws
    {
        try await Self.open { desk, secret in
            _ = await desk.call("POST", Self.route)
            let old = desk.environment["BETTER_AUTH_SECRET"] ?? ""
            let new = "hunter2-other-secret-0123456789abcdef"
            let kept = try desk.restarted([
                "BETTER_AUTH_SECRET": new, "BETTER_AUTH_SECRET_PREVIOUS": old,
            ])
            #expect(await kept.deliver(EventShelf.delivery(), secret: secret).status == 200)
            let lost = try desk.restarted(["BETTER_AUTH_SECRET": new])
            #expect(await lost.deliver(EventShelf.delivery(), secret: secret).status == 401)
        }
    }

    @Test func `a new connect forgets the last secret`() async throws {
        try await Self.open { desk, secret in
            _ = await desk.call("POST", Self.route)
            await desk.connect()
            #expect(await desk.deliver(EventShelf.delivery(), secret: secret).status == 401)
        }
    }

    @Test func `deleting the credential by hand leaves nothing by which to know it`() async throws {
        try await Self.open { desk, secret in
            #expect(await desk.call("DELETE", Desk.credential).status == 200)
            #expect(await desk.deliver(EventShelf.delivery(), secret: secret).status == 401)
            #expect(desk.service.state.withLock { $0.revoked } == [])
            #expect(await desk.call("POST", Self.route).json["nothing"] == true)
        }
    }

    @Test func `what the environment holds stays in use, and that is said`() async throws {
        let given = ["ACME_WEBHOOK_SECRET": "s3cret", "ACME_API_KEY": "hunter2-a"]
        try await Self.open(given) { desk, _ in
            let answer = await desk.call("POST", Self.route)
            #expect(answer.json["notes"]?.array?.count == 2)
            let late = await desk.deliver(EventShelf.delivery(), secret: "s3cret")
            #expect(late.json["event"] == "t")
            let unset = try desk.restarted(["ACME_WEBHOOK_SECRET": ""])
            let later = await unset.deliver(EventShelf.delivery(), secret: "s3cret")
            #expect(later.json["skipped"] == true)
        }
    }

    // MARK: Others meanwhile

    @Test func `a new login between the steps is kept, with all that belongs to it`() async throws {
        try await Self.open { desk, _ in
            let once = Locked(false)
            let watched = WatchedDatabase(database: desk.database) { sql in
                guard sql.hasPrefix("DELETE FROM provider_credentials"),
                    once.withLock({ old in
                        defer { old = true }
                        return !old
                    })
                else { return }
                await desk.connect(["accessToken": "hunter2-new", "refreshToken": "hunter2-nr"])
            }
            let answer = await (try desk.over(watched)).call("POST", Self.route)
            #expect(answer.status == 409 && answer.error == "connected_again")
            let rows = try await Self.rows(desk)
            #expect(rows == 2)
            let revoked = desk.service.state.withLock { $0.revoked }
            #expect(revoked == ["hunter2-r", "hunter2-a"], "the old grant's alone")
        }
    }

    @Test func `provisioning after a leaving that failed begins it anew`() async throws {
        try await Self.open { desk, _ in
            desk.service.state.withLock { $0.revocation = [HTTPResponse(status: 500)] }
            #expect(await desk.call("POST", Self.route).status == 502)
            #expect(desk.service.hooks == [.null])
            #expect(await desk.call("POST", Desk.provision).status == 200)
            desk.service.state.withLock { $0.revocation = [HTTPResponse(status: 200)] }
            let answer = await desk.call("POST", Self.route)
            #expect(Self.outcomes(answer) == Self.done)
            #expect(desk.service.hooks == [.null], "no orphan")
        }
    }

    // MARK: Crashes

    private static let nothing: @Sendable (String) async throws -> Void = { _ in }

    @Test func `a crash before or after any statement or call is made good by the next run`()
        async throws
    {
        for isAfter in [false, true] {
            var place = 0
            var isDone = false
            while !isDone {
                place += 1
                let limit = place
                try await Self.open { desk, secret in
                    let count = Locked(0)
                    let crash: @Sendable (String) async throws -> Void = { _ in
                        let number = count.withLock { count in
                            count += 1
                            return count
                        }
                        if number >= limit { throw DatabaseError.failed(reason: "a crash") }
                    }
                    let watched = WatchedDatabase(
                        database: desk.database, before: isAfter ? Self.nothing : crash,
                        after: isAfter ? crash : Self.nothing)
                    isDone = await (try desk.over(watched)).call("POST", Self.route).status == 200
                    let again = await (try desk.restarted()).call("POST", Self.route)
                    #expect(again.status == 200, "\(place) \(isAfter)")
                    #expect(desk.service.hooks == [.null], "\(place) \(isAfter)")
                    let revoked = Set(desk.service.state.withLock { $0.revoked })
                    #expect(revoked == ["hunter2-a", "hunter2-r"], "\(place) \(isAfter)")
                    let rows = try await Self.rows(desk)
                    #expect(rows == 0, "\(place) \(isAfter)")
                    let late = await desk.deliver(EventShelf.delivery(), secret: secret)
                    #expect(late.json["skipped"] == true, "\(place) \(isAfter)")
                    let third = await desk.call("POST", Self.route)
                    #expect(third.json["nothing"] == true, "\(place) \(isAfter)")
                }
            }
            #expect(place > 5, "the crash was never early")
        }
    }
}
