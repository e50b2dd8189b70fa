import Engine
import ProviderKit
import TestDatabases
import Testing

/// Keeps what it is given; fails as often as it is told to.
private final class Basket: EventSink {
    struct Full: Error {}

    let name: String
    let ids = Locked<[String]>([])
    let failures: Locked<Int>
    let isBusy = Locked(false)
    let overlaps = Locked(0)

    init(_ name: String = "basket", failures: Int = 0) {
        self.name = name
        self.failures = Locked(failures)
    }

    func receive(_ events: [ReceivedEvent]) async throws {
        let wasBusy = isBusy.withLock { busy in
            defer { busy = true }
            return busy
        }
        if wasBusy { overlaps.withLock { $0 += 1 } }
        defer { isBusy.withLock { $0 = false } }
        try await Task.sleep(for: .milliseconds(5))
        let fails = failures.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw Full() }
        ids.withLock { $0 += events.map(\.id) }
    }

    func wait(for count: Int) async throws {
        for _ in 0..<1000 where ids.withLock({ $0.count }) < count {
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

@Suite("Event consumer")
struct EventConsumerTests {
    static func append(_ range: Range<Int>, _ database: any Database) async throws {
        let source = try #require(Acme().webhook)
        let arrivals = range.map { number in
            EventStore.Arrival(
                Data(EventShelf.delivery(id: "\"\(number)\"").utf8), from: "acme", reading: source)
        }
        for outcome in await EventStore(database).append(arrivals) { _ = try outcome.get() }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `all that is stored and all that comes is handed over in order, once`(
        kind: DatabaseKind
    ) async throws {
        try await withDatabase(kind) { database in
            try await Self.append(0..<150, database)
            let basket = Basket()
            let running = Task { await EventConsumer(basket, database).run() }
            try await basket.wait(for: 150)
            try await Self.append(150..<160, database)
            try await basket.wait(for: 160)
            running.cancel()
            await running.value
            #expect(basket.ids.withLock { $0 } == (0..<160).map { "\($0)" })
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `it goes on where its name stopped, and another name begins at the start`(
        kind: DatabaseKind
    ) async throws {
        try await withDatabase(kind) { database in
            try await Self.append(0..<3, database)
            for (name, expected) in [
                ("a", ["0", "1", "2"]), ("a", ["3"]), ("b", ["0", "1", "2", "3"]),
            ] {
                let basket = Basket(name)
                let running = Task { await EventConsumer(basket, database).run() }
                try await basket.wait(for: expected.count)
                running.cancel()
                await running.value
                #expect(basket.ids.withLock { $0 } == expected)
                if expected.count == 3 { try await Self.append(3..<4, database) }
            }
        }
    }

    @Test func `what a sink refuses comes again after a pause`() async throws {
        try await withDatabase { database in
            try await Self.append(0..<5, database)
            let basket = Basket(failures: 3)
            let reports = Locked(0)
            let consumer = EventConsumer(basket, database, firstPause: .milliseconds(1)) { _ in
                reports.withLock { $0 += 1 }
            }
            let running = Task { await consumer.run() }
            try await basket.wait(for: 5)
            running.cancel()
            await running.value
            #expect(basket.ids.withLock { $0 } == ["0", "1", "2", "3", "4"])
            #expect(reports.withLock { $0 } == 4, "three failures and the recovery")
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `of several with one name one is at work at a time`(kind: DatabaseKind) async throws {
        try await kind.make { open in
            let databases = [try await open.open(), try await open.open(), try await open.open()]
            try await Migrator(databases[0], Instance.migrations).migrate()
            let basket = Basket()
            let running = databases.map { database in
                Task { await EventConsumer(basket, database).run() }
            }
            for start in stride(from: 0, to: 300, by: 30) {
                try await Self.append(start..<(start + 30), databases[0])
                try await Task.sleep(for: .milliseconds(20))
            }
            try await basket.wait(for: 300)
            for task in running {
                task.cancel()
                await task.value
            }
            #expect(basket.ids.withLock { $0 } == (0..<300).map { "\($0)" })
            #expect(basket.overlaps.withLock { $0 } == 0)
            for database in databases { await database.close() }
        }
    }
}
