import Engine
import ProviderKit
import TestDatabases
import Testing

@Suite("Removal of events")
struct EventRemovalTests {
    static func fill(_ database: any Database, _ count: Int) async throws -> EventShelf {
        let source = try #require(Acme().webhook)
        let shelf = EventShelf(store: EventStore(database), source: source, kind: .sqlite)
        for number in 0..<count {
            let user = #"{"id":"\#(number % 2 == 0 ? "ada" : "bob")"}"#
            try await shelf.append(EventShelf.delivery(id: "\"\(number)\"", user: user))
        }
        return shelf
    }

    @Test(arguments: DatabaseKind.allCases)
    func `a person's events are removed, and nobody else's`(kind: DatabaseKind) async throws {
        try await withDatabase(kind) { database in
            let shelf = try await Self.fill(database, 20)
            #expect(try await shelf.store.remove(userID: "ad%") == 0)
            #expect(try await shelf.store.remove(userID: "ada\u{0}") == 0)
            #expect(try await shelf.store.remove(userID: "ada") == 10)
            #expect(try await shelf.store.remove(userID: "ada") == 0)
            #expect(try await shelf.page(userID: "bob")["total"] == 10)
        }
    }

    /// Lets some of the first events have arrived at another time; answers a day ago.
    static func age(
        _ database: any Database, _ time: String, _ condition: String
    ) async throws -> Date {
        try await database.query(
            "UPDATE hogsend_events SET received_at = $1 WHERE \(condition)", .text(time))
        return Date().addingTimeInterval(-86_400)
    }

    @Test(arguments: DatabaseKind.allCases)
    func `what arrived before is removed in batches, oldest first`(kind: DatabaseKind)
        async throws
    {
        try await withDatabase(kind) { database in
            let shelf = try await Self.fill(database, 9)
            let early = try await Self.age(database, "2020-01-01", "seq < 8")
            func remove(mayGoOn: Int) async throws -> Int {
                var left = mayGoOn
                return try await shelf.store.remove(arrivedBefore: early, batch: 2) {
                    left -= 1
                    return left >= 0
                }.count
            }
            #expect(try await remove(mayGoOn: 0) == 0)
            #expect(try await remove(mayGoOn: 2) == 4, "the two oldest batches")
            let left = try await database.query("SELECT min(seq) AS seq FROM hogsend_events")
            #expect(left.first?.integer("seq") == 5)
            #expect(try await remove(mayGoOn: .max) == 3)
            #expect(try await remove(mayGoOn: .max) == 0)
            #expect(try await shelf.page()["total"] == 2)
            #expect(try await shelf.store.remove(userID: "bob", batch: 1) == 1)
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `what a wrong clock stamped holds nothing back`(kind: DatabaseKind) async throws {
        try await withDatabase(kind) { database in
            let shelf = try await Self.fill(database, 60)
            _ = try await Self.age(database, "2099-01-01", "seq < 50")
            let early = try await Self.age(database, "2020-01-01", "seq = 55")
            let removed = try await shelf.store.remove(arrivedBefore: early, batch: 2) { true }
            #expect(removed.count == 1)
            #expect(try await shelf.page()["total"] == 59)
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `it is told how many a sink will not be handed`(kind: DatabaseKind) async throws {
        try await withDatabase(kind) { database in
            let shelf = try await Self.fill(database, 6)
            for (name, seq) in [("behind", 1), ("done", 6), ("new", 0)] {
                try await database.query(
                    "INSERT INTO hogsend_event_consumers VALUES ($1, $2, '2020')", .text(name),
                    .integer(Int64(seq)))
            }
            let early = try await Self.age(database, "2020-01-01", "seq < 6")
            let removed = try await shelf.store.remove(arrivedBefore: early, batch: 2) { true }
            #expect(removed.count == 5 && removed.passedOver == ["behind": 4, "new": 5])
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `the number of an event that was removed is not given again`(kind: DatabaseKind)
        async throws
    {
        try await withDatabase(kind) { database in
            let shelf = try await Self.fill(database, 3)
            let last = try await shelf.store.latest()
            #expect(try await shelf.store.remove(userID: "ada") == 2)
            try await shelf.append(EventShelf.delivery(id: "\"new\""))
            let next = try await shelf.store.next(EventFilter(), after: last, limit: 10)
            #expect(next.events.count == 1)
        }
    }

    @Test func `events of the schema before keep their order and their contents`() async throws {
        for kind in DatabaseKind.allCases {
            try await kind.make { open in
                let database = try await open.open()
                let old = Instance.migrations.filter { $0.id < "0004" }
                try await Migrator(database, old).migrate()
                for number in 1...3 {
                    try await database.query(
                        """
                        INSERT INTO hogsend_events VALUES ('acme', $1, 't', 'u',
                            '2026-01-02T03:04:05.678Z', $2, '{"n":1.0}', '{}')
                        """, .text("\(number)"), .text("2026-01-0\(number)"))
                }
                try await Migrator(database, Instance.migrations).migrate()
                let events = try await EventStore(database).next(
                    EventFilter(), after: 0, limit: 10
                ).events
                #expect(events.map { JSONValue.text($0.json)["id"] } == ["1", "2", "3"])
                #expect(events.allSatisfy { $0.json.contains(#"{"n":1.0}"#) })
                await database.close()
            }
        }
    }
}
