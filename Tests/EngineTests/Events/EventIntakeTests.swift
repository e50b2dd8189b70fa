import Engine
import ProviderKit
import TestDatabases
import Testing

@Suite("Event intake")
struct EventIntakeTests {
    static func shelf(
        _ kind: DatabaseKind, _ limits: EventIntake.Limits = EventIntake.Limits(),
        _ body: (EventIntake, EventShelf) async throws -> Void
    ) async throws {
        try await withDatabase(kind) { database in
            let source = try #require(Acme().webhook)
            let shelf = EventShelf(store: EventStore(database), source: source, kind: .sqlite)
            try await body(EventIntake(shelf.store, limits: limits), shelf)
        }
    }

    /// What becomes of deliveries that come at once, by their bodies.
    static func take(
        _ bodies: [String], _ intake: EventIntake, _ shelf: EventShelf
    ) async -> [String: Result<Delivery, any Error>] {
        await withTaskGroup(of: (String, Result<Delivery, any Error>).self) { group in
            for body in bodies {
                group.addTask {
                    let arrival = EventStore.Arrival(
                        Data(body.utf8), from: "acme", reading: shelf.source)
                    do {
                        return (body, .success(try await intake.take(arrival)))
                    } catch {
                        return (body, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `what is malformed fails alone, and all else of its group is stored`(
        kind: DatabaseKind
    ) async throws {
        try await Self.shelf(kind) { intake, shelf in
            let good = (0..<60).map { EventShelf.delivery(id: "\"\($0)\"") }
            let bad = [
                "{", "nothing", EventShelf.delivery(user: "{}"), EventShelf.delivery(at: "7"),
                EventShelf.delivery(id: #""x\u0000""#), "\u{0}", "[1,]",
            ]
            let skipped = [EventShelf.delivery(id: "\"s\"", live: "false")]
            let outcomes = await Self.take((good + bad + skipped).shuffled(), intake, shelf)
            for body in good + skipped { #expect((try? outcomes[body]?.get()) != nil) }
            for body in bad {
                #expect(outcomes[body]?.error is MalformedDelivery)
            }
            let total = try await shelf.page()["total"]
            #expect(total == 60)
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `one id that comes many times at once is stored once`(kind: DatabaseKind) async throws {
        try await Self.shelf(kind) { intake, shelf in
            let bodies = (0..<100).map {
                EventShelf.delivery(id: "\"\($0 % 7)\"", data: "{\"n\":\($0)}")
            }
            let outcomes = await Self.take(bodies, intake, shelf)
            #expect(outcomes.values.allSatisfy { (try? $0.get()) != nil })
            let total = try await shelf.page()["total"]
            #expect(total == 7)
        }
    }

    @Test(arguments: [(3, 1 << 20), (1000, 300)])
    func `beyond its bounds it takes no more, and takes again when there is room`(
        count: Int, bytes: Int
    ) async throws {
        var limits = EventIntake.Limits()
        limits.count = count
        limits.bytes = bytes
        try await Self.shelf(.sqlite, limits) { intake, shelf in
            let bodies = (0..<200).map { EventShelf.delivery(id: "\"\($0)\"") }
            let outcomes = await Self.take(bodies, intake, shelf)
            let refused = outcomes.filter { (try? $0.value.get()) == nil }
            #expect(!refused.isEmpty)
            for outcome in refused.values {
                #expect(outcome.error is IntakeFull)
            }
            let total = try await shelf.page()["total"]
            #expect(total == .integer(Int64(200 - refused.count)))
            for body in refused.keys.sorted().prefix(3) {
                let again = await Self.take([body], intake, shelf)
                #expect((try? again[body]?.get()) != nil)
            }
        }
    }

    @Test func `a delivery larger than the bound is taken when nothing else waits`() async throws {
        var limits = EventIntake.Limits()
        limits.bytes = 10
        try await Self.shelf(.sqlite, limits) { intake, shelf in
            let outcomes = await Self.take([EventShelf.delivery()], intake, shelf)
            #expect(outcomes.values.allSatisfy { (try? $0.get()) != nil })
        }
    }

    @Test func `without a database all of a group are told so`() async throws {
        try await withDatabase { database in
            let source = try #require(Acme().webhook)
            let shelf = EventShelf(store: EventStore(database), source: source, kind: .sqlite)
            await database.close()
            let bodies = (0..<20).map { EventShelf.delivery(id: "\"\($0)\"") }
            let outcomes = await Self.take(bodies, EventIntake(shelf.store), shelf)
            #expect(outcomes.count == 20)
            for outcome in outcomes.values {
                #expect(outcome.error is DatabaseError)
            }
        }
    }

    /// What one sees who reads on and on, and once more when nobody writes any more.
    static func follow(
        _ database: any Database, while isWritten: () -> Bool
    ) async throws -> [Int64] {
        var (seen, place) = ([Int64](), Int64(0))
        while true {
            let isLast = !isWritten()
            let next = try await EventStore(database).next(EventFilter(), after: place, limit: 10)
            seen += next.events.map(\.cursor)
            place = next.end
            if isLast, next.events.isEmpty { return seen }
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `numbers of arrival become visible in order, whoever writes`(kind: DatabaseKind)
        async throws
    {
        try await kind.make { open in
            let first = try await open.open()
            let second = try await open.open()
            try await Migrator(first, Instance.migrations).migrate()
            let source = try #require(Acme().webhook)
            let writing = Locked(2)
            let seen = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for (name, database) in [("a", first), ("b", second)] {
                    group.addTask {
                        let shelf = EventShelf(
                            store: EventStore(database), source: source, kind: .sqlite)
                        for number in 0..<100 {
                            try await shelf.append(EventShelf.delivery(id: "\"\(name)\(number)\""))
                        }
                        writing.withLock { $0 -= 1 }
                        return []
                    }
                }
                group.addTask { try await Self.follow(first) { writing.withLock { $0 > 0 } } }
                return try await group.reduce([], +)
            }
            let all = try await first.query("SELECT seq FROM hogsend_events ORDER BY seq")
            #expect(all.count == 200 && seen == all.compactMap { $0.integer("seq") })
            await first.close()
            await second.close()
        }
    }
}

extension Result {
    fileprivate var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
