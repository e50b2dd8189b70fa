import Engine
import ProviderKit
import TestDatabases
import Testing

@Suite("Verify route", .serialized)
struct VerifyRouteTests {
    static let route = "/v1/admin/providers/acme/verify"

    /// A desk whose provider is connected and provisioned, with its minted secret.
    static func open(
        on kind: DatabaseKind = .sqlite, _ body: (Desk, _ secret: String) async throws -> Void
    ) async throws {
        try await Desk.open(on: kind) { desk in
            await desk.connect()
            #expect(await desk.call("POST", Desk.provision).status == 200)
            try await body(desk, desk.service.secrets.last ?? "")
        }
    }

    /// What the service does with a test event: calls the hook of `desk`, and answers `answer`.
    static func deliver(
        to desk: Desk?, _ secret: String, after delay: Duration = .zero, live: String? = nil,
        answering answer: HTTPResponse = .json([:]), by service: AcmeService,
        answers: Locked<[String]> = Locked([])
    ) {
        service.state.withLock { state in
            state.test = { id in
                Task {
                    try? await Task.sleep(for: delay)
                    let body = EventShelf.delivery(id: "\"\(id)\"", live: live)
                    let text = await desk?.deliver(body, secret: secret).text
                    answers.withLock { $0.append(text ?? id) }
                }
                return answer
            }
        }
    }

    static func events(_ desk: Desk) async throws -> [Int] {
        [
            try await desk.database.query("SELECT id FROM hogsend_events").count,
            try await desk.database.query("SELECT id FROM hogsend_test_events").count,
        ]
    }

    private static func lost(_ answer: Desk.Answer) -> String? {
        answer.status == 200 && answer.json["ok"] == false ? answer.json["lost"]?.string : nil
    }

    // MARK: Proven

    @Test(arguments: DatabaseKind.allCases)
    func `an event that comes back proves the loop and leaves nothing`(
        kind: DatabaseKind
    ) async throws {
        try await Self.open(on: kind) { desk, secret in
            let answers = Locked<[String]>([])
            Self.deliver(to: desk, secret, by: desk.service, answers: answers)
            let answer = await desk.call("POST", Self.route)
            #expect(answer.status == 200 && answer.json["ok"] == true)
            #expect(answer.json["milliseconds"]?.integer.map { $0 < 1500 } == true)
            #expect(answers.withLock { $0 } == [#"{"ok":true,"skipped":true}"#])
            let rows = try await Self.events(desk)
            #expect(rows == [0, 0])
            #expect(await WebhookRouteTests.total(desk) == 0)
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `it may come back to another instance on the same database`(
        kind: DatabaseKind
    ) async throws {
        try await Self.open(on: kind) { desk, secret in
            let other = try desk.restarted()
            Self.deliver(to: other, secret, after: .milliseconds(50), by: desk.service)
            let answer = await desk.call("POST", Self.route)
            #expect(answer.json["ok"] == true)
            let rows = try await Self.events(desk)
            #expect(rows == [0, 0])
        }
    }

    @Test func `one that the provider's rule leaves out has arrived all the same`() async throws {
        try await Self.open { desk, secret in
            Self.deliver(to: desk, secret, live: "false", by: desk.service)
            #expect(await desk.call("POST", Self.route).json["ok"] == true)
        }
    }

    // MARK: Lost

    @Test func `a refused secret is told from something else that asks for a password`()
        async throws
    {
        try await Self.open { desk, secret in
            Self.deliver(to: desk, "wrong", by: desk.service)
            #expect(Self.lost(await desk.call("POST", Self.route)) == "wrong_secret")
            Self.deliver(to: nil, secret, answering: .json(["status": 401]), by: desk.service)
            #expect(Self.lost(await desk.call("POST", Self.route)) == "address_refused")
        }
    }

    @Test(arguments: [(200, "never_arrived"), (302, "redirected"), (404, "address_refused")])
    func `what the address answered tells where it went`(
        status: Int64, place: String
    ) async throws {
        try await Self.open { desk, secret in
            Self.deliver(
                to: nil, secret, answering: .json(["status": .integer(status)]), by: desk.service)
            #expect(Self.lost(await desk.call("POST", Self.route)) == place)
            let rows = try await Self.events(desk)
            #expect(rows == [0, 0])
        }
    }

    @Test func `one that never comes is waited for and no longer`() async throws {
        try await Self.open { desk, secret in
            Self.deliver(to: nil, secret, by: desk.service)
            let clock = ContinuousClock()
            let time = await clock.measure {
                let answer = await desk.call("POST", Self.route)
                #expect(Self.lost(answer) == "never_arrived")
            }
            #expect(time >= Desk.patience && time < Desk.patience + .seconds(10))
        }
    }

    @Test(arguments: [400, 401, 403, 500])
    func `a service that refuses to try is said to`(status: Int) async throws {
        try await Self.open { desk, _ in
            desk.service.fail("POST", HTTPResponse(status: status))
            let answer = await desk.call("POST", Self.route)
            #expect(Self.lost(answer) == "service_refused")
            #expect(answer.json["error"]?.string?.isEmpty == false)
            let rows = try await Self.events(desk)
            #expect(rows == [0, 0])
        }
    }

    // MARK: Consumers

    @Test func `one that comes too late reaches nobody either`() async throws {
        try await Self.open { desk, secret in
            let ids = Locked<[String]>([])
            Self.deliver(
                to: nil, secret, answering: .json(["status": 302]), by: desk.service, answers: ids)
            _ = await desk.call("POST", Self.route)
            let id = try #require(ids.withLock { $0.first })
            let late = await desk.deliver(EventShelf.delivery(id: "\"\(id)\""), secret: secret)
            #expect(late.text == #"{"ok":true,"skipped":true}"#)
            let rows = try await Self.events(desk)
            #expect(rows == [0, 0])
        }
    }

    @Test func `an event that only looks like one is stored while one is awaited`() async throws {
        try await Self.open { desk, secret in
            let forged = "0190a0b0-c0d0-8000-8000-00000000000a"
            Self.deliver(to: nil, secret, by: desk.service)
            async let verifying = desk.call("POST", Self.route)
            try await Task.sleep(for: .milliseconds(200))
            let body = EventShelf.delivery(id: "\"\(forged)\"", data: #"{"hogsend_test":true}"#)
            #expect(await desk.deliver(body, secret: secret).json["event"] == "t")
            #expect(Self.lost(await verifying) == "never_arrived")
            #expect(await WebhookRouteTests.total(desk) == 1)
        }
    }

    // MARK: Refusals

    @Test func `it needs what provisioning needs`() async throws {
        try await Desk.open { desk in
            #expect(await desk.call("POST", Self.route).error == "no_acme_credential")
            await desk.connect()
            let local = try desk.restarted(["API_PUBLIC_URL": "http://localhost:3002"])
            let refused = await local.call("POST", Self.route)
            #expect(refused.status == 409 && refused.error == "api_public_url_unreachable")
            #expect(desk.service.lines.isEmpty)
            let anonymous = await desk.send("POST", Self.route, headers: [:])
            #expect(anonymous.status == 401)
        }
    }

    @Test(arguments: [["merge": true], ["undo": true], ["projectId": false]] as [JSONValue])
    func `it takes a project and nothing else`(body: JSONValue) async throws {
        try await Self.open { desk, _ in
            let calls = desk.service.lines.count
            #expect(await desk.call("POST", Self.route, body).status == 400)
            #expect(await desk.call("POST", Self.route + "?plan=true").status == 400)
            #expect(desk.service.lines.count == calls)
        }
    }

    @Test func `a provider without deliveries has nothing to prove`() async throws {
        try await Desk.open { desk in
            let answer = await desk.call("POST", "/v1/admin/providers/old-service/verify")
            #expect(answer.json == ["attempted": false, "skipped": "not_supported"])
        }
    }
}
