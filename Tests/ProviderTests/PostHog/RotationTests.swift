import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("Rotation of the webhook secret")
struct RotationTests {
    @Test func `the new secret is sent, and the old one counts for ten minutes more`() async throws
    {
        try await RotationDesk.open { desk in
            let old = desk.sent
            let answer = await desk.rotate()
            #expect(answer.status == 200 && answer.json["secretRotated"] == true)
            #expect(answer.json["previousSecretUntil"] == "2027-01-15T08:10:00.000Z")
            #expect(answer.json["changes"]?.array?.count == 1)
            #expect(desk.sent != old && !desk.sent.isEmpty)
            for (passed, status) in [(0.0, 200), (599, 200), (1, 401), (86_400, 401)] {
                desk.pass(passed)
                #expect(await desk.deliver(secret: old) == status)
                #expect(await desk.deliver(secret: desk.sent) == 200)
            }
            #expect(await desk.deliver(secret: "") == 401)
        }
    }

    @Test(arguments: [(0, 401), (30, 200)])
    func `how long it counts can be said`(seconds: Int64, status: Int) async throws {
        try await RotationDesk.open { desk in
            let old = desk.sent
            #expect(await desk.rotate(["graceSeconds": .integer(seconds)]).status == 200)
            #expect(await desk.deliver(secret: old) == status)
            desk.pass(30)
            #expect(await desk.deliver(secret: old) == 401)
            #expect(await desk.deliver(secret: desk.sent) == 200)
        }
    }

    // MARK: Crashes

    /// Whatever a crash left, what PostHog sends is taken for good, and the next run ends with it.
    private static func checkHealing(
        _ desk: RotationDesk, _ old: String, _ comment: String
    ) async throws {
        let after = try desk.other()
        #expect(await after.deliver(secret: after.sent) == 200, "\(comment)")
        #expect(await after.deliver(secret: old) == 200, "\(comment)")
        let left = after.sent
        after.pass(100_000)
        let isUnfinished = await after.info()["webhookRotation"] == "unfinished"
        if left == old || isUnfinished {
            #expect(await after.deliver(secret: left) == 200, "\(comment)")
        }
        #expect(await after.rotate().status == 200, "\(comment)")
        #expect(await after.deliver(secret: left) == 200, "\(comment)")
        #expect(after.desk.enabled.count == 1 && after.sent != old, "\(comment)")
        after.pass(601)
        #expect(await after.deliver(secret: old) == 401, "\(comment)")
        #expect(await after.deliver(secret: after.sent) == 200, "\(comment)")
        #expect(await after.info()["webhookRotation"] == nil, "\(comment)")
    }

    @Test func `a crash after any call is healed by the next run`() async throws {
        var calls = 0
        var isCrashed = true
        while isCrashed {
            calls += 1
            try await RotationDesk.open { desk in
                let old = desk.sent
                let client = CrashingClient(client: CurlClient(), calls: calls)
                _ = await (try desk.other(client: client)).rotate()
                isCrashed = client.isCrashed
                try await Self.checkHealing(desk, old, "after call \(calls)")
            }
        }
        #expect(calls > 4)
    }

    @Test func `a crash after any write is healed by the next run`() async throws {
        var writes = 0
        var isCrashed = true
        while isCrashed {
            writes += 1
            try await RotationDesk.open { desk in
                let old = desk.sent
                let database = CrashingDatabase(database: desk.desk.database, writes: writes)
                _ = await (try desk.other(over: database)).rotate()
                isCrashed = database.isCrashed
                try await Self.checkHealing(desk, old, "after write \(writes)")
            }
        }
        #expect(writes > 2)
    }

    // MARK: Refusals at PostHog

    @Test func `while PostHog takes no change, both secrets count without an end`() async throws {
        try await RotationDesk.open { desk in
            let old = desk.sent
            desk.desk.simulator.add(
                ServerFault("/api/projects/", method: "PATCH", answer: .json(500, [:])))
            for _ in 0..<5 {
                #expect(await desk.rotate().status == 502)
                desk.pass(3600)
                #expect(await desk.deliver(secret: old) == 200)
            }
            #expect(await desk.info()["webhookRotation"] == "unfinished")
            desk.desk.simulator.removeFaults()
            #expect(await desk.desk.apply().status == 200, "a plain run ends it as well")
            #expect(desk.sent != old)
            desk.pass(599)
            #expect(await desk.deliver(secret: old) == 200)
            #expect(await desk.info()["previousSecretUntil"]?.string != nil)
            desk.pass(1)
            #expect(await desk.deliver(secret: old) == 401)
            #expect(await desk.deliver(secret: desk.sent) == 200)
        }
    }

    @Test func `a PostHog that cannot be read has nothing begun`() async throws {
        try await RotationDesk.open { desk in
            let old = desk.sent
            desk.desk.simulator.add(ServerFault("/api/projects/", answer: .json(500, [:])))
            #expect(await desk.rotate().status == 502)
            #expect(await desk.info()["webhookRotation"] == nil)
            #expect(await desk.deliver(secret: old) == 200)
        }
    }

    @Test func `an edit that came first is read, and written over by the same rule`() async throws {
        try await RotationDesk.open { desk in
            let stale = ServerFault(
                "/api/projects/", method: "PATCH", times: 1,
                answer: .json(409, ["code": "stale_update", "detail": "edited"]))
            desk.desk.simulator.add(stale)
            #expect(await desk.rotate().status == 200)
            #expect(await desk.deliver(secret: desk.sent) == 200)
        }
    }

    // MARK: Several

    @Test func `three earlier secrets count at a time, and a fourth waits`() async throws {
        try await RotationDesk.open { desk in
            var secrets = [desk.sent]
            for _ in 0..<3 {
                #expect(await desk.rotate().status == 200)
                secrets.append(desk.sent)
                desk.pass(60)
            }
            for secret in secrets { #expect(await desk.deliver(secret: secret) == 200) }
            let answer = await desk.rotate()
            #expect(answer.status == 409 && answer.json["error"] == "too_many_rotations")
            desk.pass(420)
            #expect(await desk.rotate().status == 200)
            #expect(await desk.deliver(secret: secrets[0]) == 401)
            for secret in secrets.dropFirst() {
                #expect(await desk.deliver(secret: secret) == 200)
            }
        }
    }

    @Test func `a rotation by another process counts at once, and its end after a second`()
        async throws
    {
        try await RotationDesk.open { desk in
            let old = desk.sent
            let other = try desk.other()
            #expect(await desk.deliver(secret: old) == 200)
            #expect(await other.rotate().status == 200)
            #expect(await desk.deliver(secret: desk.sent) == 200)
            #expect(await desk.deliver(secret: old) == 200)
            desk.pass(601)
            try await Task.sleep(for: .milliseconds(1100))
            #expect(await desk.deliver(secret: old) == 401)
            #expect(await desk.deliver(secret: desk.sent) == 200)
        }
    }

    @Test func `a run that is overtaken by a rotation sends the newest secret in the end`()
        async throws
    {
        try await RotationDesk.open { desk in
            let old = desk.sent
            let other = try desk.other()
            let slow = OvertakenClient {
                // As when the run's lease has ended before the run did.
                _ = try? await desk.desk.database.query("DELETE FROM hogsend_leases")
                _ = await other.rotate()
            }
            try await desk.desk.edit(
                desk.desk.enabled.first ?? "", ["filters": ["source": "events", "properties": []]])
            #expect(await (try desk.other(client: slow)).desk.apply().status == 200)
            #expect(desk.sent != old)
            desk.pass(601)
            #expect(await desk.deliver(secret: desk.sent) == 200)
            #expect(await desk.deliver(secret: old) == 401)
        }
    }

    // MARK: Undoing

    @Test func `undoing puts back what was there before, and no secret that was replaced`()
        async throws
    {
        let theirs = DestinationSeed.drifted(url: RotationDesk.url, secret: "theirs")
        try await RotationDesk.open([theirs], provisions: false) { desk in
            let before = desk.sent
            #expect(await desk.desk.apply().status == 200)
            for _ in 0..<2 { #expect(await desk.rotate().status == 200) }
            let undone = await desk.desk.undo()
            #expect(undone.status == 200 && undone.json["kept"] == [])
            #expect(desk.sent == before)
        }
    }

    @Test func `a rotation alone is nothing to undo, also beside a repair`() async throws {
        try await RotationDesk.open { desk in
            let id = try #require(desk.desk.enabled.first)
            try await desk.desk.edit(id, ["filters": ["source": "events", "properties": []]])
            #expect(await desk.rotate().status == 200)
            let sent = desk.sent
            let undone = await desk.desk.undo()
            #expect(undone.json["changes"]?.array?.count == 1)
            #expect(desk.sent == sent)
            #expect(await desk.desk.apply().status == 200)
            let path = PlanDesk.provision + "?plan=true"
            let before = await desk.desk.call("POST", path, ["undo": true])
            #expect(await desk.rotate().status == 200)
            let after = await desk.desk.call("POST", path, ["undo": true])
            #expect(before.status == 200 && before.json == after.json)
        }
    }

    // MARK: Refusals

    @Test func `a secret of the environment is replaced there`() async throws {
        try await PlanDesk.open { desk in
            #expect(await desk.apply().status == 200)
            let answer = await desk.call("POST", PlanDesk.provision, ["rotateSecret": true])
            #expect(answer.status == 409)
            #expect(answer.json["error"] == "webhook_secret_in_environment")
            let hint = answer.json["remediation"]?.string ?? ""
            #expect(hint.contains("POSTHOG_WEBHOOK_SECRET_PREVIOUS"))
        }
    }

    @Test func `a derived row that does not open is left alone`() async throws {
        try await RotationDesk.open { desk in
            let old = desk.sent
            let other = try desk.other(["BETTER_AUTH_SECRET": "another-auth-secret-0123456789"])
            let answer = await other.rotate()
            #expect(answer.status == 409 && answer.json["error"] == "webhook_secret_unreadable")
            #expect(await other.deliver(secret: old) == 503)
            #expect(await desk.deliver(secret: old) == 200)
            #expect(desk.sent == old)
        }
    }

    @Test func `without a secret the first one is made`() async throws {
        try await RotationDesk.open(provisions: false) { desk in
            let answer = await desk.rotate()
            #expect(answer.status == 200 && answer.json["previousSecretUntil"] == .null)
            #expect(await desk.deliver(secret: desk.sent) == 200)
        }
    }

    @Test(
        arguments: [
            ("", ["rotateSecret": true, "undo": true]), ("?plan=true", ["rotateSecret": true]),
            ("", ["graceSeconds": 5]), ("", ["rotateSecret": true, "graceSeconds": -1]),
            ("", ["rotateSecret": true, "graceSeconds": 86_401]),
            ("", ["rotateSecret": true, "graceSeconds": "5"]), ("", ["rotateSecret": "yes"]),
        ] as [(String, JSONValue)])
    func `a request that contradicts itself changes nothing`(query: String, body: JSONValue)
        async throws
    {
        try await RotationDesk.open { desk in
            let old = desk.sent
            let answer = await desk.desk.call("POST", PlanDesk.provision + query, body)
            #expect(answer.status == 400 && desk.sent == old)
        }
    }
}

/// Does something once, before the first write goes out.
private struct OvertakenClient: HTTPClient {
    private let before: @Sendable () async -> Void
    private let isDone = CancellationFlag()

    init(before: @escaping @Sendable () async -> Void) { self.before = before }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        if request.method == "PATCH", !isDone.isSet {
            isDone.set()
            await before()
        }
        return try await CurlClient().send(request)
    }
}
