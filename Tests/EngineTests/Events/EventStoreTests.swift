import Engine
import ProviderKit
import TestDatabases
import Testing

/// A store, and what a delivery of Acme's does to it.
struct EventShelf {
    let store: EventStore
    let source: WebhookSource
    let kind: DatabaseKind

    /// A store in a database of its own, one of each kind after the other.
    static func open(_ body: (EventShelf) async throws -> Void) async throws {
        for kind in DatabaseKind.allCases {
            try await withDatabase(kind) { database in
                let source = try #require(Acme().webhook)
                try await body(EventShelf(store: EventStore(database), source: source, kind: kind))
            }
        }
    }

    @discardableResult
    func append(_ text: String, from provider: ProviderID = "acme") async throws -> Delivery {
        try await append(Data(text.utf8), from: provider)
    }

    func append(_ body: Data, from provider: ProviderID = "acme") async throws -> Delivery {
        let arrival = EventStore.Arrival(body, from: provider, reading: source)
        return try await EventIntake(store).take(arrival)
    }

    func text(
        event: String? = nil, userID: String? = nil, limit: Int = 500, offset: Int = 0
    ) async throws -> String {
        String(
            decoding: try await store.page(
                EventFilter(event: event, userID: userID), limit: limit, offset: offset),
            as: UTF8.self)
    }

    func page(
        event: String? = nil, userID: String? = nil, limit: Int = 500, offset: Int = 0
    ) async throws -> JSONValue {
        .text(try await text(event: event, userID: userID, limit: limit, offset: offset))
    }

    /// A delivery with one member in another shape; `nil` leaves it out.
    static func delivery(
        id: String? = #""1""#, type: String? = #""t""#, user: String? = #"{"id":"u"}"#,
        at: String? = #""2026-01-02T03:04:05.678Z""#, data: String? = "{}", live: String? = nil
    ) -> String {
        let members: [(String, String?)] = [
            ("id", id), ("type", type), ("user", user), ("at", at), ("data", data), ("live", live),
        ]
        return "{"
            + members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
            .joined(separator: ",") + "}"
    }
}

@Suite("Event store")
struct EventStoreTests {
    @Test func `a delivery is stored once for each id and provider`() async throws {
        try await EventShelf.open { shelf in
            let first = try await shelf.append(EventShelf.delivery(data: #"{"n":1}"#))
            let again = try await shelf.append(EventShelf.delivery(type: #""x""#, data: "{}"))
            #expect(first.id == "1" && first.event == "t" && first.userID == "u")
            #expect(again.event == "x", "it is answered for what it says")
            try await shelf.append(EventShelf.delivery(), from: "other")
            let page = try await shelf.page()
            #expect(page["total"] == 2)
            #expect(page["events"]?.array?.contains { $0["properties"] == ["n": 1] } == true)
        }
    }

    @Test func `many at once with one id are one`() async throws {
        try await EventShelf.open { shelf in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await shelf.append(EventShelf.delivery()) }
                }
                try await group.waitForAll()
            }
            #expect(try await shelf.page()["total"] == 1)
        }
    }

    @Test func `the answer's shape is pinned`() async throws {
        try await EventShelf.open { shelf in
            #expect(
                try await shelf.text(limit: 7, offset: 3)
                    == #"{"events":[],"total":0,"limit":7,"offset":3}"#)
            let user = #"{"id":"u","traits":{"email":"a@b.example","n":null}}"#
            try await shelf.append(EventShelf.delivery(user: user, data: #"{"b":[1],"a":{}}"#))
            #expect(
                try await shelf.text() == #"""
                    {"events":[{"id":"1","userId":"u","event":"t","properties":{"b":[1],"a":{}},\#
                    "personProperties":{"email":"a@b.example","n":null},\#
                    "occurredAt":"2026-01-02T03:04:05.678Z","providerId":"acme"}],"total":1,"limit":500,"offset":0}
                    """#)
        }
    }

    /// What PostgreSQL holds in no text.
    static let inPostgres = [#""\u0000""#: #""\ufffd""#, #""\ud800""#: #""\ufffd""#]

    @Test(arguments: [
        "12345678901234567890123456789", "9007199254740993", "-9223372036854775809", "1.0", "1e400",
        "0.1000000000000000055511151231257827", "-0", "-0.0", "1E5", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\uD83D\\uDE00\"", "\"😀 ü ñ \\\" \\\\ \\/ \\n\"", "\"\u{2028}\"", "[[[[]]]]", "true",
        "null",
        "\"1\"", "\"'; DROP TABLE hogsend_events; --\"",
    ])
    func `a property keeps every byte of its value that the database can hold`(value: String)
        async throws
    {
        try await EventShelf.open { shelf in
            try await shelf.append(EventShelf.delivery(data: "{\"v\":\(value)}"))
            let user = #"{"id":"u","traits":{"v":\#(value)}}"#
            try await shelf.append(EventShelf.delivery(id: #""2""#, user: user))
            let text = try await shelf.text()
            let kept = shelf.kind == .postgres ? Self.inPostgres[value] ?? value : value
            #expect(text.contains(#""properties":{"v":\#(kept)}"#))
            #expect(text.contains(#""personProperties":{"v":\#(kept)}"#))
        }
    }

    @Test func `deep and large documents are kept whole`() async throws {
        try await EventShelf.open { shelf in
            let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
            try await shelf.append(EventShelf.delivery(data: "{\"v\":\(deep)}"))
            #expect(try await shelf.text().contains(deep))
            let large = String(repeating: "ü", count: 2 << 20)
            try await shelf.append(EventShelf.delivery(id: #""2""#, data: "{\"v\":\"\(large)\"}"))
            #expect(try await shelf.text(limit: 1).utf8.count > 4 << 20)
        }
    }

    @Test func `an absurdly deep document is refused and not crashed on`() async throws {
        try await EventShelf.open { shelf in
            let deep = String(repeating: "[", count: 1 << 20)
            for text in [deep, EventShelf.delivery(data: "{\"v\":\(deep)}")] {
                await #expect(throws: MalformedDelivery.self) { try await shelf.append(text) }
            }
        }
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func `both databases take 512 levels and no more`(open: String, close: String) async throws {
        try await EventShelf.open { shelf in
            func nested(_ levels: Int) -> String {
                let inner = String(repeating: open, count: levels - 2) + #""]}""#
                let value = inner + String(repeating: close, count: levels - 2)
                return EventShelf.delivery(id: "\"\(levels)\"", data: "{\"v\":\(value)}")
            }
            try await shelf.append(nested(512))
            let error = await #expect(throws: MalformedDelivery.self) {
                try await shelf.append(nested(513))
            }
            guard case .badShape(let reason) = error else { throw error ?? .notJSON }
            #expect(reason.contains("512"))
            try await shelf.append(
                EventShelf.delivery(
                    id: #""flat""#, data: #"{"v":"\"\#(String(repeating: "[{", count: 2000))"}"#))
            let text = try await shelf.text()
            #expect(text.contains(#""total":2"#))
        }
    }

    @Test(arguments: [
        (nil, 3), ("t", 2), ("T", 0), ("x", 1), ("'; DROP TABLE hogsend_events; --", 0),
        ("%", 0), ("", 0), ("t' OR '1'='1", 0),
    ])
    func `a page is of one event where it is asked for`(event: String?, count: Int64)
        async throws
    {
        try await EventShelf.open { shelf in
            for (id, type) in [("1", "t"), ("2", "x"), ("3", "t")] {
                try await shelf.append(
                    EventShelf.delivery(id: "\"\(id)\"", type: "\"\(type)\""))
            }
            let page = try await shelf.page(event: event)
            #expect(page["total"]?.integer == count)
            #expect(page["events"]?.array?.count == Int(count))
            #expect(try await shelf.page()["total"] == 3, "the table is still there")
        }
    }

    @Test func `both filters narrow, and names may be anything`() async throws {
        try await EventShelf.open { shelf in
            let odd = #"Robert'); DROP TABLE hogsend_events; --"#
            try await shelf.append(
                EventShelf.delivery(type: "\"\(odd)\"", user: "{\"id\":\"\(odd)\"}"))
            try await shelf.append(EventShelf.delivery(id: #""2""#, type: "\"\(odd)\""))
            #expect(try await shelf.page(event: odd)["total"] == 2)
            #expect(try await shelf.page(event: odd, userID: odd)["total"] == 1)
            #expect(try await shelf.page(event: "t", userID: odd)["total"] == 0)
            #expect(try await shelf.page(userID: "u")["total"] == 1)
        }
    }

    @Test(arguments: [(2, 0, ["4", "3"]), (2, 3, ["1"]), (500, 4, []), (1, 9_000_000_000, [])])
    func `a page is cut after it was sorted, newest first`(
        limit: Int, offset: Int, ids: [String]
    ) async throws {
        try await EventShelf.open { shelf in
            for (id, time) in [
                ("2", "2026-01-02T00:00:00Z"), ("4", "2026-01-02T03:00:00+01:00"),
                ("1", "2026-01-01T23:59:59.999Z"), ("3", "2026-01-02T00:00:00.000Z"),
            ] {
                try await shelf.append(EventShelf.delivery(id: "\"\(id)\"", at: "\"\(time)\""))
            }
            let page = try await shelf.page(limit: limit, offset: offset)
            #expect(page["events"]?.array?.compactMap { $0["id"]?.string } == ids)
            #expect(page["total"] == 4)
        }
    }
}
