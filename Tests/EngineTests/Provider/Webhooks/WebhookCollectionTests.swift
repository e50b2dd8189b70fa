import Engine
import ProviderKit
import Testing

@Suite("Webhook collection")
struct WebhookCollectionTests {
    private typealias Shelf = WebhookShelf
    private static let here = WebhookShelf.here
    private static let elsewhere = WebhookShelf.elsewhere

    @Test func `without one there is nothing to set up`() async throws {
        var shelf = Shelf()
        shelf.webhookCollection = nil
        let context = try shelf.context()
        #expect(try await shelf.run(context).action == .unchanged)
        #expect(try await shelf.undone() == UndoReport())
        #expect(try await shelf.remove(Removal(), context) == RemovalReport())
        #expect(shelf.client.requests.isEmpty)
    }

    // MARK: Planning and applying

    @Test func `where there is none one is made, once, and what delivers elsewhere stays`()
        async throws
    {
        let shelf = Shelf(Shelf.hook(1, Shelf.foreign))
        let plan = try await shelf.plan(try shelf.context(secret: nil))
        #expect(plan.action == .created && shelf.client.writes.isEmpty)
        #expect(try await shelf.run(try shelf.context()).action == .created)
        #expect(shelf.shown == ["1 on \(Shelf.foreign)", "n1 on \(Self.here)"])
        #expect(shelf.secrets == [nil, "s1"])
        #expect(try await shelf.run(try shelf.context()).action == .unchanged)
        #expect(shelf.client.writes.count == 1)
    }

    static let choices: [(hooks: [JSONValue], chosen: String)] = [
        ([WebhookShelf.hook("a", elsewhere), WebhookShelf.hook("b", here, false)], "b"),
        ([WebhookShelf.hook("a", here, false), WebhookShelf.hook("b", "\(here)/?x=1")], "b"),
        ([WebhookShelf.hook("a", here), WebhookShelf.hook("b", here)], "a"),
        ([WebhookShelf.hook("a", elsewhere, false), WebhookShelf.hook("b", elsewhere)], "b"),
    ]

    @Test(arguments: choices)
    func `ours is what posts here, then what is active, then what was first`(
        hooks: [JSONValue], chosen: String
    ) async throws {
        let shelf = Shelf()
        shelf.hooks.withLock { $0 = hooks }
        let plan = try await shelf.plan(try shelf.context())
        #expect(plan.action == .updated && plan.target == .string(chosen))
        #expect(plan.duplicates.count == 1)
    }

    @Test func `one that is adopted is mended in one write, after what it replaces is kept`()
        async throws
    {
        let shelf = Shelf(Shelf.hook(7, Self.elsewhere, false))
        let report = try await shelf.run(try shelf.context())
        #expect(report.action == .updated)
        #expect(report.changes.map(\.field) == ["config.url", "enabled", "config.secret"])
        #expect(!"\(report.changes)".contains("s1"))
        #expect(shelf.shown == ["7 on \(Self.here)"] && shelf.secrets == ["s1"])
        #expect(shelf.client.writes.count == 1)
        #expect(
            shelf.kept.withLock { $0.map(\.before) } == [.string(Self.elsewhere), false, .null])
        #expect(try await shelf.run(try shelf.context()).action == .unchanged)
    }

    @Test(arguments: [("s1", true), ("s2", false)])
    func `a secret that the service may not have is written, and is no prior value`(
        secret: String, isNew: Bool
    ) async throws {
        let shelf = Shelf()
        try await shelf.run(try shelf.context())
        let count = shelf.kept.withLock(\.count)
        let report = try await shelf.run(try shelf.context(secret: secret, isNew: isNew))
        #expect(report.changes.map(\.field) == ["config.secret"])
        #expect(shelf.secrets == [secret] && shelf.kept.withLock(\.count) == count)
    }

    @Test func `duplicates are told, and disabled where that is wanted`() async throws {
        let shelf = Shelf(Shelf.hook("a", Self.here), Shelf.hook("b", Self.elsewhere))
        let left = try await shelf.run(try shelf.context())
        #expect(left.duplicates.map(\.isEnabled) == [true] && shelf.shown[1].hasPrefix("b on"))
        let merged = try await shelf.run(try shelf.context(merging: true))
        #expect(merged.duplicates.map(\.isEnabled) == [false])
        #expect(merged.changes.map(\.field) == ["duplicates.b.enabled"])
        #expect(shelf.shown[1].hasPrefix("b off"))
        #expect(try await shelf.run(try shelf.context(merging: true)).action == .unchanged)
    }

    @Test func `where none can be disabled a duplicate stays, and is told`() async throws {
        var shelf = Shelf(Shelf.hook("a", Self.here), Shelf.hook("b", Self.here))
        shelf.webhookCollection = WebhookCollection(
            "/hooks", list: ["data"], address: ["config", "url"], secret: nil, active: nil)
        let report = try await shelf.run(try shelf.context(merging: true))
        #expect(report.action == .unchanged && report.duplicates.map(\.isEnabled) == [true])
        #expect(shelf.client.writes.isEmpty)
    }

    @Test func `after a crash at any call the next run ends in one`() async throws {
        for hooks in [[], [Shelf.hook("a", Self.elsewhere, false), Shelf.hook("b", Self.here)]] {
            for calls in 1...6 {
                let shelf = Shelf()
                shelf.hooks.withLock { $0 = hooks }
                let crashing = CrashingClient(client: shelf.client, calls: calls)
                _ = try? await shelf.run(try shelf.context(crashing, merging: true))
                try await shelf.run(try shelf.context(merging: true))
                #expect(shelf.shown.count { $0.contains(" on ") } == 1, "\(calls)")
                #expect(shelf.secrets.contains("s1"))
                let again = try await shelf.run(try shelf.context(merging: true))
                #expect(again.action == .unchanged)
            }
        }
    }

    @Test func `what replaces all of one keeps the rest of it`() async throws {
        var shelf = Shelf(Shelf.hook("a", Self.elsewhere))
        shelf.webhookCollection = WebhookCollection(
            "/hooks/", list: ["data"], address: ["config", "url"], secret: ["config", "secret"],
            active: ["enabled"], update: .put)
        try await shelf.run(try shelf.context())
        #expect(shelf.hooks.withLock { $0.first?["note"] } == "n")
        #expect(shelf.secrets == ["s1"])
        #expect(shelf.client.lines == ["GET /hooks/", "GET /hooks/", "PUT /hooks/a/"])
    }

    @Test func `what is shown of a secret is not written back`() async throws {
        let masked = Shelf.hook("b", Self.elsewhere).setting("****", at: ["config", "secret"])
        var shelf = Shelf(Shelf.hook("a", Self.here), masked)
        shelf.webhookCollection = WebhookCollection(
            "/hooks", list: ["data"], address: ["config", "url"], secret: ["config", "secret"],
            active: ["enabled"], update: .put)
        try await shelf.run(try shelf.context(merging: true))
        #expect(shelf.secrets == ["s1", nil])
        #expect(shelf.shown.last == "b off \(Self.elsewhere)")
    }

    @Test func `one stands in an envelope where the service wants that`() async throws {
        var shelf = Shelf()
        shelf.webhookCollection = WebhookCollection(
            "/hooks", list: ["data"], sent: ["webhook"], answered: ["result", "webhook"],
            address: ["url"], secret: ["secret"], active: ["enabled"], creation: ["events": ["*"]])
        let hooks = Locked<[JSONValue]>([])
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            hooks.withLock { hooks in
                if request.method == "GET" { return .json(["data": .array(hooks)]) }
                let sent = JSONValue(decoding: request.body)?["webhook"]?.object ?? [:]
                let old = hooks.first?.object ?? ["id": "h1", "enabled": false]
                hooks = [.object(old.merging(sent) { $1 })]
                return .json(["result": ["webhook": hooks[0]]])
            }
        }
        #expect(try await shelf.run(try shelf.context(client)).derived["webhookID"] == Secret("h1"))
        #expect(
            JSONValue(decoding: client.writes[0].body) == [
                "webhook": ["url": .string(Self.here), "secret": "s1", "events": ["*"]]
            ])
        #expect(try await shelf.run(try shelf.context(client)).action == .updated)
        #expect(
            JSONValue(decoding: client.writes[1].body) == [
                "webhook": ["url": .string(Self.here), "secret": "s1", "enabled": true]
            ])
        #expect(try await shelf.run(try shelf.context(client)).action == .unchanged)
    }

    @Test func `what an envelope's answer says of what was not kept is seen`() async throws {
        var shelf = Shelf()
        shelf.webhookCollection = WebhookCollection(
            "/hooks", list: ["data"], answered: ["webhook"], address: ["url"], secret: nil,
            active: ["enabled"])
        let old: JSONValue = ["id": "a", "url": .string(Self.here), "enabled": false]
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            .json(request.method == "GET" ? ["data": [old]] : ["webhook": old])
        }
        let error = ProvisionError.notKept("enabled", by: "Shelf", step: "PATCH /hooks/a")
        await #expect(throws: error) { try await shelf.run(try shelf.context(client)) }
    }

    @Test(arguments: [
        ("gid://shelf/Hook/7", "gid%3A%2F%2Fshelf%2FHook%2F7"), ("aG9vaw==", "aG9vaw%3D%3D"),
        ("../x", "..%2Fx"), ("a?b#c", "a%3Fb%23c"),
    ])
    func `an id is one part of a path, whatever stands in it`(id: String, part: String)
        async throws
    {
        let shelf = Shelf()
        let old = Shelf.hook(.string(id), Self.here, false)
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            .json(request.method == "GET" ? ["data": [old]] : [:])
        }
        _ = try await shelf.run(try shelf.context(client))
        #expect(client.writes.map(\.url.absoluteString) == ["https://h.example/hooks/\(part)"])
    }

    // MARK: Answers that cannot be used

    @Test(
        arguments: [
            .null, [:], ["data": [:]], ["data": [["config": ["url": "https://x.example"]]]],
            ["data": [["id": "..", "config": ["url": "https://x.example"]]]],
            ["data": [["id": "", "config": ["url": "https://x.example"]]]],
        ] as [JSONValue])
    func `a list that cannot be read is an error, and nothing is written`(answer: JSONValue)
        async throws
    {
        let shelf = Shelf()
        let client = ScriptedHTTPClient { _ in .json(answer) }
        await #expect(throws: ProvisionError.answerIsNot("a list of webhooks", step: "GET /hooks"))
        { try await shelf.run(try shelf.context(client)) }
        #expect(client.writes.isEmpty)
    }

    @Test func `what the service does not keep is told`() async throws {
        let shelf = Shelf()
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            let old = Shelf.hook("a", Self.here, false)
            return .json(request.method == "GET" ? ["data": [old]] : old)
        }
        let error = ProvisionError.notKept("enabled", by: "Shelf", step: "PATCH /hooks/a")
        await #expect(throws: error) { try await shelf.run(try shelf.context(client)) }
    }

    @Test func `a new one whose answer holds no id is looked up`() async throws {
        let shelf = Shelf()
        let client = ScriptedHTTPClient { [hooks = shelf.hooks] request throws(HTTPClientError) in
            hooks.withLock { hooks in
                if request.method == "POST" { hooks = [Shelf.hook("late", Self.here)] }
                return request.method == "GET"
                    ? .json(["data": .array(hooks)]) : HTTPResponse(status: 204)
            }
        }
        #expect(
            try await shelf.run(try shelf.context(client)).derived["webhookID"] == Secret("late"))
    }

    @Test func `without a secret to tell nothing is written`() async throws {
        let shelf = Shelf()
        let context = try shelf.context(secret: nil)
        let plan = try await shelf.plan(context)
        await #expect(throws: ProvisionError.self) { try await shelf.apply(plan, context) }
        #expect(shelf.client.writes.isEmpty && shelf.kept.withLock(\.isEmpty))
    }
}
