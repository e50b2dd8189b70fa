import Engine
import ProviderKit
import Testing

@Suite("Webhook collection, the way back")
struct WebhookCollectionLeavingTests {
    private typealias Shelf = WebhookShelf
    private static let here = WebhookShelf.here
    private static let elsewhere = WebhookShelf.elsewhere

    /// One that can only be deleted.
    private static let bare = WebhookCollection(
        "/hooks", list: ["data"], address: ["config", "url"], secret: nil, active: nil)

    // MARK: Undoing

    @Test func `one that was made is disabled, and a look at that writes nothing`() async throws {
        let shelf = Shelf()
        try await shelf.run(try shelf.context())
        let before = shelf.client.writes.count
        let look = try await shelf.undone(rehearsing: true)
        #expect(shelf.client.writes.count == before)
        #expect(try await shelf.undone() == look)
        #expect(look.changes == [.init("enabled", from: "true", to: "false")])
        #expect(shelf.shown == ["n0 off \(Self.here)"])
        #expect(try await shelf.undone() == UndoReport())
    }

    @Test func `one that was made and cannot be disabled is deleted`() async throws {
        var shelf = Shelf()
        shelf.webhookCollection = Self.bare
        try await shelf.run(try shelf.context())
        let report = try await shelf.undone()
        #expect(report.changes == [.init("config.url", from: Self.here, to: "none")])
        #expect(shelf.shown == [])
        #expect(try await shelf.undone() == UndoReport())
    }

    @Test func `one whose answer was lost is known by its address`() async throws {
        let shelf = Shelf()
        let crashing = CrashingClient(client: shelf.client, calls: 3)
        _ = try? await shelf.run(try shelf.context(crashing))
        #expect(shelf.shown == ["n0 on \(Self.here)"])
        #expect(try await shelf.undone().changes.count == 1)
        #expect(shelf.shown == ["n0 off \(Self.here)"])
    }

    @Test func `after an earlier one it is known by its address, and no later one is taken for it`()
        async throws
    {
        let shelf = Shelf()
        try await shelf.run(try shelf.context())
        shelf.hooks.withLock { $0 = [] }
        shelf.kept.withLock { $0 = [] }
        let crashing = CrashingClient(client: shelf.client, calls: 3)
        _ = try? await shelf.run(try shelf.context(crashing))
        #expect(try await shelf.undone(rehearsing: true).changes.count == 1)
        try await shelf.run(try shelf.context())
        shelf.derived.withLock { $0["webhookMade"] = Secret("gone") }
        #expect(try await shelf.undone(rehearsing: true) == UndoReport())
    }

    @Test func `one that was never made is nothing to undo`() async throws {
        let shelf = Shelf()
        let refusing = ScriptedHTTPClient { request throws(HTTPClientError) in
            request.method == "GET" ? .json(["data": []]) : .json(500, [:])
        }
        _ = try? await shelf.run(try shelf.context(refusing))
        #expect(shelf.kept.withLock(\.count) == 1)
        #expect(try await shelf.undone() == UndoReport())
    }

    /// What the service or the operator did with the request to make one.
    static let refusals: [(Int, kept: String)] = [
        (403, "w on \(here)"), (422, "w on \(here)"), (500, "w off \(here)"),
    ]

    @Test(arguments: refusals)
    func `one that was made by hand after a refusal is the operator's`(
        status: Int, kept: String
    ) async throws {
        let shelf = Shelf()
        let refusing = ScriptedHTTPClient { request throws(HTTPClientError) in
            request.method == "GET" ? .json(["data": []]) : .json(status, [:])
        }
        _ = try? await shelf.run(try shelf.context(refusing))
        shelf.hooks.withLock { $0 = [Shelf.hook("w", Self.here)] }
        let left = try await shelf.remove(
            shelf.removal(isRehearsal: true), try shelf.context())
        #expect(left.removed == [.init("webhook w", .disabled)])
        #expect(try await shelf.undone().changes.count == (status == 500 ? 1 : 0))
        #expect(shelf.shown == [kept])
    }

    @Test func `a list that is refused after one was made is no refusal to make it`() async throws {
        let shelf = Shelf()
        let isMade = Locked(false)
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            isMade.withLock { isMade in
                if request.method == "POST" { isMade = true }
                return isMade && request.method == "GET" ? .json(403, [:]) : .json(["data": []])
            }
        }
        _ = try? await shelf.run(try shelf.context(client))
        #expect(isMade.withLock { $0 })
        shelf.hooks.withLock { $0 = [Shelf.hook("n0", Self.here)] }
        #expect(try await shelf.undone().changes.count == 1)
    }

    @Test func `after the instance has moved, what either run made is taken back`() async throws {
        let shelf = Shelf()
        shelf.fail("POST", HTTPResponse(status: 500), performs: true)
        let old = try address("https://before.example/v1/webhooks/shelf")
        _ = try? await shelf.run(try shelf.context(at: old))
        shelf.recover()
        shelf.hooks.withLock { $0 += [Shelf.hook("other", "https://before.example/x")] }
        #expect(try await shelf.undone(rehearsing: true).changes.count == 1)
        shelf.hooks.withLock { _ = $0.removeFirst() }
        try await shelf.run(try shelf.context())
        #expect(try await shelf.undone().changes.count == 1)
        #expect(shelf.shown == ["other on https://before.example/x", "n1 off \(Self.here)"])
    }

    /// What an earlier version noted of a run that came to its end, or did not.
    @Test(arguments: [(JSONValue.null, "n0"), ("n0", nil)] as [(JSONValue, String?)])
    func `one that an earlier version made is taken back as well`(before: JSONValue, made: String?)
        async throws
    {
        let shelf = Shelf(Shelf.hook("n0", Self.here))
        shelf.kept.withLock {
            $0 = [PriorValue(object: Self.here, field: "created", before: before, after: true)]
        }
        let noted = made ?? before.string ?? ""
        shelf.derived.withLock { $0 = ["webhookMade": Secret(noted)] }
        #expect(try await shelf.undone().changes.count == 1)
        #expect(shelf.shown == ["n0 off \(Self.here)"])
    }

    @Test func `one that was there before another was to be made is not taken for it`()
        async throws
    {
        let shelf = Shelf.giving(Shelf.hook("w", Self.here))
        shelf.fail("POST", HTTPResponse(status: 500))
        _ = try? await shelf.run(try shelf.context(secret: nil))
        #expect(try await shelf.undone() == UndoReport())
        let report = try await shelf.remove(shelf.removal(), try shelf.context())
        #expect(report.removed == [.init("webhook w", .disabled)])
    }

    @Test func `whatever crashed runs have made is taken back, and nothing that was there`()
        async throws
    {
        let shelf = Shelf.giving(Shelf.hook("w", Self.here), Shelf.hook("f", Shelf.foreign))
        // One that loses the answer to its request to make one, after so many calls.
        for calls in [3, 5] {
            let crashing = CrashingClient(client: shelf.client, calls: calls)
            _ = try? await shelf.run(try shelf.context(crashing, secret: nil))
        }
        let made = shelf.shown.filter { $0.hasPrefix("n") }
        #expect(made.count == 2)
        _ = try await shelf.undone()
        #expect(shelf.shown.allSatisfy { !$0.hasPrefix("n") || $0.contains(" off ") })
        #expect(shelf.shown.contains("f on \(Shelf.foreign)"))
    }

    @Test func `what was adopted goes back whole, and its secret is said to be lost`()
        async throws
    {
        let shelf = Shelf(
            Shelf.hook("a", Self.elsewhere, false), Shelf.hook("b", Self.elsewhere, false))
        try await shelf.run(try shelf.context(merging: true))
        let report = try await shelf.undone()
        #expect(report.changes.map(\.field) == ["config.url", "enabled"])
        #expect(report.kept.map(\.field) == ["config.secret"])
        #expect(shelf.shown == ["a off \(Self.elsewhere)", "b off \(Self.elsewhere)"])
    }

    @Test func `duplicates deliver again`() async throws {
        let shelf = Shelf(Shelf.hook("a", Self.here), Shelf.hook("b", Self.elsewhere))
        try await shelf.run(try shelf.context(merging: true))
        #expect(
            try await shelf.undone().changes
                == [.init("duplicates.b.enabled", from: "false", to: "true")])
        #expect(shelf.shown == ["a on \(Self.here)", "b on \(Self.elsewhere)"])
    }

    @Test func `what somebody changed since stays, and is told`() async throws {
        let shelf = Shelf(Shelf.hook("a", Self.elsewhere))
        try await shelf.run(try shelf.context())
        shelf.hooks.withLock { $0 = [Shelf.hook("a", Shelf.foreign)] }
        let report = try await shelf.undone()
        #expect(report.changes == [])
        #expect(report.kept.first == .init("config.url", because: "was changed since"))
        shelf.hooks.withLock { $0 = [] }
        #expect(
            try await shelf.undone().kept.first
                == .init("config.url", because: "is gone with its webhook"))
    }

    @Test func `one that was made and moved since stays, too`() async throws {
        let shelf = Shelf()
        try await shelf.run(try shelf.context())
        shelf.hooks.withLock { $0 = [Shelf.hook("n0", Shelf.foreign)] }
        #expect(
            try await shelf.undone()
                == UndoReport(kept: [.init("enabled", because: "was changed since")]))
    }

    @Test func `provisioning after it delivers again`() async throws {
        let shelf = Shelf()
        try await shelf.run(try shelf.context())
        _ = try await shelf.undone()
        #expect(try await shelf.run(try shelf.context()).action == .updated)
        #expect(shelf.shown == ["n0 on \(Self.here)"])
    }

    // MARK: Removing

    @Test func `what was made is deleted, what was adopted is disabled, the rest stays`()
        async throws
    {
        let shelf = Shelf()
        try await shelf.run(try shelf.context())
        shelf.hooks.withLock {
            $0 += [
                Shelf.hook("a", Self.here), Shelf.hook("b", Self.elsewhere),
                Shelf.hook("c", Self.here, false),
            ]
        }
        let before = shelf.client.writes.count
        let look = try await shelf.remove(
            shelf.removal(isRehearsal: true), try shelf.context())
        #expect(shelf.client.writes.count == before)
        #expect(try await shelf.remove(shelf.removal(), try shelf.context()) == look)
        #expect(look.removed == [.init("webhook n0", .deleted), .init("webhook a", .disabled)])
        #expect(
            shelf.shown == ["a off \(Self.here)", "b on \(Self.elsewhere)", "c off \(Self.here)"])
        #expect(try await shelf.remove(shelf.removal(), try shelf.context()) == RemovalReport())
    }

    @Test func `where none can be disabled whatever posts here is deleted`() async throws {
        var shelf = Shelf(Shelf.hook("a", Self.here), Shelf.hook("b", Self.elsewhere))
        shelf.webhookCollection = Self.bare
        let report = try await shelf.remove(Removal(), try shelf.context())
        #expect(report.removed == [.init("webhook a", .deleted)])
        #expect(shelf.shown == ["b on \(Self.elsewhere)"])
    }

    @Test func `one that is gone since it was listed is as good as deleted`() async throws {
        let shelf = Shelf()
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            request.method == "GET"
                ? .json(["data": [Shelf.hook("a", Self.here)]]) : .json(404, [:])
        }
        let removal = Removal(derived: ["webhookMade": Secret("a")])
        let report = try await shelf.remove(removal, try shelf.context(client))
        #expect(report.removed == [.init("webhook a", .deleted)])
    }
}
