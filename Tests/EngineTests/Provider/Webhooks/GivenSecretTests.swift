import Engine
import ProviderKit
import Testing

@Suite("Webhook collection whose secrets are the service's")
struct GivenSecretTests {
    private typealias Shelf = WebhookShelf
    private static let here = WebhookShelf.here
    private static let elsewhere = WebhookShelf.elsewhere

    /// Runs with the secret that the run before has learnt.
    @discardableResult
    private func run(
        _ shelf: Shelf, _ secret: inout String?, merging: Bool = false
    ) async throws -> ProvisionReport {
        let report = try await shelf.run(try shelf.context(secret: secret, merging: merging))
        secret = report.webhookSecret?.reveal() ?? secret
        return report
    }

    @Test func `one is made, its secret reported, and left as it is from then on`() async throws {
        let shelf = Shelf.giving(Shelf.hook("a", Shelf.foreign))
        var secret: String?
        let report = try await run(shelf, &secret)
        #expect(report.action == .created && secret == "given-2")
        #expect(report.changes == [.init("config.url", from: nil, to: Self.here)])
        #expect(JSONValue(decoding: shelf.client.writes[0].body)?["config"]?["secret"] == nil)
        #expect(try await run(shelf, &secret).action == .unchanged)
        #expect(shelf.client.writes.count == 1)
    }

    @Test func `one that posts here with a secret that nobody knows gives way to another`()
        async throws
    {
        let shelf = Shelf.giving(
            Shelf.hook("a", Self.here), Shelf.hook("b", Self.here, false),
            Shelf.hook("c", Self.elsewhere))
        var secret: String?
        let report = try await run(shelf, &secret)
        #expect(
            report.changes == [
                .init("config.url", from: nil, to: Self.here),
                .init(
                    "duplicates.a.enabled", from: "true", to: "false, since nobody knows its secret"
                ),
            ])
        #expect(report.duplicates.map(\.id) == ["b", "c"] && secret == "given-4")
        #expect(
            shelf.shown == [
                "a off \(Self.here)", "b off \(Self.here)", "c on \(Self.elsewhere)",
                "n3 on \(Self.here)",
            ])
        #expect(try await run(shelf, &secret).action == .unchanged)
    }

    @Test func `where none can be disabled it is deleted`() async throws {
        var shelf = Shelf.giving(Shelf.hook("a", Self.here), Shelf.hook("b", Shelf.foreign))
        shelf.webhookCollection = WebhookCollection(
            "/hooks", list: ["data"], address: ["config", "url"], secret: ["config", "secret"],
            active: nil)
        var secret: String?
        #expect(try await run(shelf, &secret).changes.last?.after.hasPrefix("none") == true)
        #expect(shelf.shown == ["b on \(Shelf.foreign)", "n2 on \(Self.here)"])
    }

    @Test func `the one whose secret is known is mended, wherever it posts to`() async throws {
        let shelf = Shelf.giving()
        var secret: String?
        try await run(shelf, &secret)
        shelf.hooks.withLock {
            $0 = [Shelf.hook("n0", Self.elsewhere, false), Shelf.hook("x", Self.here)]
        }
        let report = try await run(shelf, &secret)
        #expect(report.action == .updated && report.webhookSecret == nil)
        #expect(shelf.shown == ["n0 on \(Self.here)", "x off \(Self.here)"])
        #expect(try await shelf.undone().kept == [])
        #expect(shelf.shown == ["n0 off \(Self.here)", "x off \(Self.here)"])
    }

    @Test func `one whose stored secret is lost is not taken for known`() async throws {
        let shelf = Shelf.giving()
        var secret: String?
        try await run(shelf, &secret)
        secret = nil
        #expect(try await run(shelf, &secret).action == .created)
        #expect(secret == "given-2")
        #expect(shelf.shown == ["n0 off \(Self.here)", "n1 on \(Self.here)"])
    }

    @Test func `a secret of the environment's is that of the one that posts here`() async throws {
        let shelf = Shelf.giving(
            Shelf.hook("a", Self.elsewhere), Shelf.hook("b", Self.here, false))
        let report = try await shelf.run(try shelf.context(isFixed: true))
        #expect(report.action == .updated && report.webhookSecret == nil)
        #expect(shelf.shown == ["a on \(Self.elsewhere)", "b on \(Self.here)"])
    }

    @Test func `where none posts here a secret of the environment's is refused`() async throws {
        let shelf = Shelf.giving(Shelf.hook("a", Self.elsewhere))
        let error = await #expect(throws: ProvisionError.self) {
            try await shelf.run(try shelf.context(isFixed: true))
        }
        #expect(error?.code == "unsupported-instance" && shelf.client.writes.isEmpty)
    }

    static let answers: [(JSONValue, detail: String)] = [
        (["id": "h"], "the answer has no secret at 'config.secret'"),
        (
            ["id": "h", "config": ["secret": ""]],
            "the answer has no secret at 'config.secret'"
        ),
        (["config": ["secret": "s"]], "the answer is not a webhook"),
        (nil, "the answer is not a webhook"),
    ]

    @Test(arguments: answers)
    func `one whose secret or id is not told is taken away again, and is nobody's`(
        answer: JSONValue, detail: String
    ) async throws {
        let shelf = Shelf.giving()
        let told = answer["id"] == nil ? answer : answer.setting("n0", at: ["id"])
        shelf.fail("POST", .json(201, told), performs: true)
        await #expect(
            throws: ProvisionError.unexpectedAnswer(
                step: "POST /hooks", status: nil, detail: detail)
        ) { try await shelf.run(try shelf.context(secret: nil)) }
        #expect(shelf.shown == [])
        shelf.hooks.withLock { $0 = [Shelf.hook("w", Self.here)] }
        #expect(try await shelf.undone() == UndoReport())
    }

    @Test func `after a crash at any call the next run ends in one whose secret is known`()
        async throws
    {
        for calls in 1...6 {
            let shelf = Shelf.giving(Shelf.hook("a", Self.here))
            let crashing = CrashingClient(client: shelf.client, calls: calls)
            let context = try shelf.context(crashing, secret: nil)
            let report = try? await shelf.apply(.nothingToDo, context)
            shelf.derived.withLock { $0.merge(report?.derived ?? [:]) { $1 } }
            var secret = report?.webhookSecret?.reveal()
            try await run(shelf, &secret)
            let active = shelf.hooks.withLock { $0.filter { $0["enabled"] == true } }
            #expect(active.count == 1 && secret != nil, "\(calls)")
            #expect(active.first?["config"]?["secret"]?.string == secret, "\(calls)")
            #expect(try await run(shelf, &secret).action == .unchanged)
        }
    }

    @Test func `while another cannot be ended the secret is kept, and one is made once`()
        async throws
    {
        for merging in [false, true] {
            let shelf = Shelf.giving(
                Shelf.hook("a", Self.here), Shelf.hook("b", Self.elsewhere))
            shelf.fail("PATCH", .json(403, [:]))
            let context = try shelf.context(secret: nil, merging: merging)
            let report = try await shelf.apply(try await shelf.plan(context), context)
            shelf.derived.withLock { $0.merge(report.derived) { $1 } }
            #expect(report.action == .created && report.webhookSecret == Secret("given-3"))
            #expect(report.changes == [.init("config.url", from: nil, to: Self.here)])
            #expect(report.duplicates.map(\.isEnabled) == [true, true])
            let again = try shelf.context(secret: "given-3", merging: merging)
            await #expect(throws: ProvisionError.missingScope(nil, provider: "shelf")) {
                try await shelf.run(again)
            }
            #expect(shelf.client.lines.count { $0 == "POST /hooks" } == 1)
            shelf.recover()
            var secret: String? = "given-3"
            #expect(try await run(shelf, &secret).action == .updated)
            #expect(try await run(shelf, &secret).action == .unchanged)
        }
    }

    @Test func `what is known of one is not what the environment says of another`() async throws {
        let shelf = Shelf.giving()
        var secret: String?
        try await run(shelf, &secret)
        shelf.hooks.withLock { $0 = [Shelf.hook("w", Self.here)] }
        #expect(try await shelf.run(try shelf.context(isFixed: true)).derived == [:])
        let report = try await run(shelf, &secret)
        #expect(report.action == .created && secret == report.webhookSecret?.reveal())
        #expect(shelf.shown == ["w off \(Self.here)", "n1 on \(Self.here)"])
    }

    @Test func `undoing disables what was made, and brings nothing back that nobody can verify`()
        async throws
    {
        let shelf = Shelf.giving(Shelf.hook("a", Self.here))
        var secret: String?
        try await run(shelf, &secret)
        #expect(
            try await shelf.undone()
                == UndoReport(changes: [.init("enabled", from: "true", to: "false")]))
        #expect(shelf.shown == ["a off \(Self.here)", "n1 off \(Self.here)"])
    }
}
