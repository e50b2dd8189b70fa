import Engine
import ProviderKit
import TestDatabases
import Testing

@Suite("Reading of events")
struct EventReadingTests {
    @Test func `SQLite goes from the place that was reached, whatever is asked for`() async throws {
        try await withDatabase { database in
            let date = Date()
            let filters = [
                EventFilter(), EventFilter(event: "t"), EventFilter(userID: "u"),
                EventFilter(provider: "acme"), EventFilter(since: date), EventFilter(until: date),
                EventFilter(event: "t", userID: "u", provider: "p", since: date, until: date),
            ]
            for filter in filters {
                let places = EventStore(database).nextPlaces(filter, after: 7, limit: 9)
                let plan = try await database.query(
                    "EXPLAIN QUERY PLAN \(places.sql)", places.parameters
                ).compactMap { $0.text("detail") }
                #expect(plan == ["SEARCH hogsend_events USING INTEGER PRIMARY KEY (rowid>?)"])
            }
        }
    }

    @Test func `as many come as fit, and one that fits nowhere comes alone`() async throws {
        try await EventShelf.open { shelf in
            for (id, size) in [1000, 1000, 9000, 1000, 1000].enumerated() {
                let filling = String(repeating: "x", count: size)
                try await shelf.append(
                    EventShelf.delivery(id: "\"\(id)\"", data: #"{"x":"\#(filling)"}"#))
            }
            var (counts, place) = ([Int](), Int64(0))
            repeat {
                let next = try await shelf.store.next(
                    EventFilter(), after: place, limit: 100, bytes: 3000)
                counts.append(next.events.count)
                place = next.end
            } while counts.last != 0 && counts.count < 9
            #expect(counts == [2, 1, 2, 0])
        }
    }

    @Test func `SQLite lists no events without an index`() async throws {
        try await withDatabase { database in
            for filter in [EventFilter(), EventFilter(event: "t"), EventFilter(userID: "u")] {
                let (condition, parameters) = filter.condition()
                let plan = try await database.query(
                    """
                    EXPLAIN QUERY PLAN SELECT id FROM hogsend_events WHERE \(condition)
                    ORDER BY occurred_at DESC, id DESC LIMIT 50
                    """, parameters
                ).compactMap { $0.text("detail") }
                #expect(plan.first?.contains("USING INDEX hogsend_events_") == true)
            }
        }
    }

    @Test(arguments: DatabaseKind.allCases)
    func `test events that an earlier version stored are gone`(kind: DatabaseKind) async throws {
        try await kind.make { open in
            let database = try await open.open()
            let old = Instance.migrations.filter { $0.id < "0007" }
            try await Migrator(database, old).migrate()
            let source = try #require(Acme().webhook)
            let shelf = EventShelf(store: EventStore(database), source: source, kind: kind)
            for id in 1...3 { try await shelf.append(EventShelf.delivery(id: "\"\(id)\"")) }
            try await database.query("UPDATE hogsend_events SET is_test = 1 WHERE id = '2'")
            try await Migrator(database, Instance.migrations).migrate()
            #expect(try await shelf.page()["total"] == 2)
            await database.close()
        }
    }
}
