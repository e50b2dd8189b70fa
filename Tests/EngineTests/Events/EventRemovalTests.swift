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

    @Test(arguments: DatabaseKind.allCases)
    func `what arrived before is removed in batches, oldest first`(kind: DatabaseKind)
        async throws
    {
        try await withDatabase(kind) { database in
            let shelf = try await Self.fill(database, 4)
            try await database.query("UPDATE hogsend_events SET received_at = '2020' WHERE seq < 3")
            let now = Date()
            let early = now.addingTimeInterval(-86_400)
            #expect(try await shelf.store.remove(arrivedBefore: early) { false } == 0)
            #expect(try await shelf.store.remove(arrivedBefore: early) { true } == 2)
            #expect(try await shelf.page()["total"] == 2)
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
