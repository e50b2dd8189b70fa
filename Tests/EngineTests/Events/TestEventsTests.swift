import Engine
import TestDatabases
import Testing

@Suite("Test events")
struct TestEventsTests {
    private static func events(
        _ database: any Database, _ secret: String = "one", previous: String...
    ) throws -> TestEvents {
        TestEvents(
            database,
            sealer: try CredentialSealer(
                secret: Secret(secret), previous: previous.map { Secret($0) }))
    }

    private static func rows(_ database: any Database) async throws -> Int {
        try await database.query("SELECT id FROM hogsend_test_events").count
    }

    // MARK: Ids

    @Test func `an id is a UUID of version 8, another one each time`() async throws {
        try await withDatabase { database in
            let events = try Self.events(database)
            var seen: Set<String> = []
            for _ in 0..<50 {
                let id = try await events.begin("acme").id
                #expect(
                    id.wholeMatch(
                        of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
                        != nil)
                #expect(events.isTest(id, of: "acme"))
                #expect(events.isTest(id.uppercased(), of: "acme"), "some services spell it so")
                seen.insert(id)
            }
            #expect(seen.count == 50)
        }
    }

    @Test func `it is good for its provider and under its secret alone`() async throws {
        try await withDatabase { database in
            let id = try await Self.events(database).begin("acme").id
            #expect(!(try Self.events(database).isTest(id, of: "globex")))
            #expect(!(try Self.events(database, "two").isTest(id, of: "acme")))
            #expect(try Self.events(database, "two", previous: "one").isTest(id, of: "acme"))
        }
    }

    @Test func `with any other digit it is an ordinary id`() async throws {
        try await withDatabase { database in
            let events = try Self.events(database)
            let id = Array(try await events.begin("acme").id)
            for place in id.indices where id[place] != "-" {
                for digit in "0123456789abcdef" where digit != id[place] {
                    var other = id
                    other[place] = digit
                    #expect(!events.isTest(String(other), of: "acme"))
                }
            }
        }
    }

    @Test(arguments: [
        "", "1", "hogsend-test", "8", "00000000-0000-8000-8000-000000000000",
        "ffffffff-ffff-8fff-bfff-ffffffffffff", "0190a0b0-c0d0-7000-8000-00000000000a",
        "zzzzzzzz-zzzz-8zzz-8zzz-zzzzzzzzzzzz", "\u{1F600}34567890123-8234567890123456789",
    ])
    func `a made-up one is an ordinary id`(id: String) async throws {
        try await withDatabase { database in
            let events = try Self.events(database)
            #expect(!events.isTest(id, of: "acme"))
            #expect(try await !events.takes(id, of: "acme"))
            #expect(try await Self.rows(database) == 0)
        }
    }

    // MARK: Rows

    @Test(arguments: DatabaseKind.allCases)
    func `what arrives in one process is seen in another, until that has seen it`(
        kind: DatabaseKind
    ) async throws {
        try await kind.make { empty in
            let (here, there) = (try await empty.open(), try await empty.open())
            try await Migrator(here, Instance.migrations).migrate()
            let (waiting, taking) = (try Self.events(here), try Self.events(there))
            let id = try await waiting.begin("acme").id
            #expect(try await !waiting.hasArrived(id, of: "acme"))
            #expect(try await taking.takes(id, of: "acme"))
            #expect(try await waiting.hasArrived(id, of: "acme"))
            #expect(try await taking.takes(id, of: "acme"), "a service may deliver twice")
            try await waiting.end(id, of: "acme")
            #expect(try await !waiting.hasArrived(id, of: "acme"))
            #expect(try await taking.takes(id, of: "acme"), "one that comes late is still known")
            #expect(try await Self.rows(here) == 0)
            await here.close()
            await there.close()
        }
    }

    @Test func `a row that nobody waits for any more goes with the next run`() async throws {
        try await withDatabase { database in
            let events = try Self.events(database)
            let (old, young) = (try await events.begin("acme"), try await events.begin("acme"))
            try await database.query(
                "UPDATE hogsend_test_events SET sent_at = $1 WHERE id = $2",
                .text(Date().addingTimeInterval(-3700).iso8601), .text(old.id))
            let new = try await events.begin("globex")
            let left = try await database.query("SELECT id FROM hogsend_test_events")
            #expect(Set(left.compactMap { $0.text("id") }) == [young.id, new.id])
        }
    }
}
