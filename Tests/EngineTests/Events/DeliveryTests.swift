import Engine
import ProviderKit
import Testing

@Suite("Delivery")
struct DeliveryTests {
    static let notJSON = [
        "", " ", "{", "}", "{]", "[1,]", "{\"a\":1,}", "{'id':'1'}", "{id:1}", "NaN", "Infinity",
        "// comment\n{}", "{} {}", "{}x", "\u{FEFF}{}", "0x10", "+1", "01", ".5", "'a'", "\"a",
        "\"\\x41\"", "\"\t\"", "{\"a\":\"\u{0}\"}", "\u{0}", "undefined", "True",
    ]

    @Test(arguments: notJSON)
    func `what is no JSON is refused`(text: String) async throws {
        try await EventShelf.open { shelf in
            await #expect(throws: MalformedDelivery.notJSON) { try await shelf.append(text) }
            let page = try await shelf.page()
            #expect(page["total"] == 0)
        }
    }

    @Test(arguments: [
        [0xFF], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x80],
    ])
    func `what is no UTF-8 is refused`(bytes: [UInt8]) async throws {
        try await EventShelf.open { shelf in
            await #expect(throws: MalformedDelivery.notJSON) {
                try await shelf.append(Data(bytes))
            }
        }
    }

    static let badShapes: [(String, String)] = [
        ("null", "id"), ("[]", "id"), ("[{\"id\":\"1\"}]", "id"), ("\"text\"", "id"), ("1", "id"),
        ("{}", "id"), (EventShelf.delivery(id: nil), "id"), (EventShelf.delivery(id: "null"), "id"),
        (EventShelf.delivery(id: "\"\""), "id"), (EventShelf.delivery(id: "true"), "id"),
        (EventShelf.delivery(id: "1.5"), "id"), (EventShelf.delivery(id: "[1]"), "id"),
        (EventShelf.delivery(id: "{}"), "id"), (EventShelf.delivery(id: "1e3"), "id"),
        (EventShelf.delivery(id: "\"\(String(repeating: "x", count: 1025))\""), "id"),
        (EventShelf.delivery(id: "\"\(String(repeating: "ü", count: 513))\""), "id"),
        (EventShelf.delivery(id: #""1\u0000""#), "id"),
        (EventShelf.delivery(id: #""\u0000""#), "id"),
        (EventShelf.delivery(id: #""a\ud800b""#), "id"),
        (EventShelf.delivery(id: #""a\udc01""#), "id"),
        (EventShelf.delivery(type: #""\uD83D""#), "type"),
        (EventShelf.delivery(user: #"{"id":"\ude00\ud83d"}"#), "user.id"),
        (EventShelf.delivery(type: nil), "type"), (EventShelf.delivery(type: "[\"t\"]"), "type"),
        (EventShelf.delivery(type: #""t\u0000x""#), "type"),
        (EventShelf.delivery(user: nil), "user.id"),
        (EventShelf.delivery(user: "\"u\""), "user.id"),
        (EventShelf.delivery(user: "{}"), "user.id"), (EventShelf.delivery(user: "[]"), "user.id"),
        (EventShelf.delivery(user: #"{"id":null}"#), "user.id"),
        (EventShelf.delivery(user: #"{"id":"u\u0000evil"}"#), "user.id"),
        (EventShelf.delivery(at: "1767323045"), "at"), (EventShelf.delivery(at: "true"), "at"),
        (EventShelf.delivery(data: "[]"), "data"), (EventShelf.delivery(data: "\"x\""), "data"),
        (EventShelf.delivery(data: "1"), "data"), (EventShelf.delivery(data: "false"), "data"),
        (EventShelf.delivery(user: #"{"id":"u","traits":[]}"#), "user.traits"),
        (EventShelf.delivery(user: #"{"id":"u","traits":"x"}"#), "user.traits"),
    ]

    @Test(arguments: badShapes)
    func `a member that is missing or of another type is named`(text: String, path: String)
        async throws
    {
        try await EventShelf.open { shelf in
            let error = await #expect(throws: MalformedDelivery.self) {
                try await shelf.append(text)
            }
            guard case .badShape(let reason) = error else {
                Issue.record("another error: \(String(describing: error))")
                return
            }
            #expect(reason.hasPrefix("'\(path)' "))
            let page = try await shelf.page()
            #expect(page["total"] == 0)
        }
    }

    @Test(arguments: [
        "2026-01-02", "2026-01-02T03:04:05", "", "now", "2026-02-30T00:00:00Z", "1767323045",
        "2026-01-02T24:00:00Z", "Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05Zx",
        "+12026-01-02T03:04:05Z", "9999-12-31T23:59:59-14:00",
    ])
    func `a time that no calendar has is refused`(time: String) async throws {
        try await EventShelf.open { shelf in
            await #expect(throws: MalformedDelivery.self) {
                try await shelf.append(EventShelf.delivery(at: "\"\(time)\""))
            }
        }
    }

    @Test(arguments: [
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05.678901+00:00", "2026-01-02T03:04:05.679Z"),
        ("2026-01-02T03:04:05+05:30", "2026-01-01T21:34:05.000Z"),
        ("2026-01-02T03:04:05-0800", "2026-01-02T11:04:05.000Z"),
        ("2024-02-29T23:59:59.9Z", "2024-02-29T23:59:59.900Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ])
    func `a time has any offset and precision`(given: String, stored: String) async throws {
        try await EventShelf.open { shelf in
            try await shelf.append(EventShelf.delivery(at: "\"\(given)\""))
            let event = try await shelf.page()["events"]?.array?.first
            #expect(event?["occurredAt"]?.string == stored)
        }
    }

    @Test(arguments: [nil, "null"])
    func `without a time the arrival counts, without properties there are none`(value: String?)
        async throws
    {
        try await EventShelf.open { shelf in
            let before = Date()
            let delivery = try await shelf.append(
                EventShelf.delivery(
                    user: value.map { #"{"id":"u","traits":\#($0)}"# } ?? #"{"id":"u"}"#,
                    at: value, data: value))
            #expect((before...Date()).contains(delivery.occurredAt))
            let event = try await shelf.page()["events"]?.array?.first
            #expect(event?["properties"] == [:] && event?["personProperties"] == [:])
        }
    }

    @Test(arguments: [
        ("false", true), ("true", false), (nil, false), ("null", false), ("\"false\"", false),
        ("0", false), ("[]", false), ("{}", false),
    ])
    func `only the literal false leaves a delivery out`(live: String?, skipped: Bool)
        async throws
    {
        try await EventShelf.open { shelf in
            let delivery = try await shelf.append(EventShelf.delivery(live: live))
            #expect(delivery.isSkipped == skipped)
            #expect(try await shelf.page()["total"]?.integer == (skipped ? 0 : 1))
        }
    }

    @Test func `one that is left out must be well-formed all the same`() async throws {
        try await EventShelf.open { shelf in
            await #expect(throws: MalformedDelivery.self) {
                try await shelf.append(EventShelf.delivery(user: "{}", live: "false"))
            }
        }
    }

    @Test(arguments: [
        (#""u""#, "u"), ("7", "7"), ("-7", "-7"), ("12345678901234567890", "12345678901234567890"),
        ("12345678901234567891", "12345678901234567891"), (#""\ud83d\ude00""#, "😀"), (#""ü""#, "ü"),
        (#""a\nb\"c""#, "a\nb\"c"), (#""\\u0000""#, #"\u0000"#), (#"" ""#, " "), ("-0", "-0"),
    ])
    func `a user is a text or the digits of a number`(value: String, userID: String)
        async throws
    {
        try await EventShelf.open { shelf in
            let delivery = try await shelf.append(EventShelf.delivery(user: "{\"id\":\(value)}"))
            #expect(delivery.userID == userID)
            #expect(try await shelf.page(userID: userID)["total"] == 1)
        }
    }
}
