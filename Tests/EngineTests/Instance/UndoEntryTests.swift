import Testing

@testable import Engine

@Suite("A change in parts")
struct UndoEntryTests {
    private static func value(
        _ before: JSONValue, _ after: JSONValue, of object: String = "a", _ field: String = "f"
    ) -> PriorValue {
        PriorValue(object: object, field: field, before: before, after: after)
    }

    private static let entry = UndoEntry(
        host: "https://h.example", at: "2026-01-02T03:04:05.678Z", isComplete: false,
        values: [value(1, 2)])

    @Test(arguments: [
        ([value(2, 3)], [value(1, 3)]), ([value(1, 2)], [value(1, 2)]),
        ([value(9, 2)], [value(9, 2)]),
        ([value(2, 3), value(3, 4)], [value(1, 4)]),
        ([value(2, 3, of: "b")], [value(1, 2), value(2, 3, of: "b")]),
        ([value(2, 3, "g")], [value(1, 2), value(2, 3, "g")]), ([], [value(1, 2)]),
    ])
    func `has of each field what was there first, unless somebody changed it in between`(
        more: [PriorValue], values: [PriorValue]
    ) {
        #expect(Self.entry.adding(more).values == values)
    }

    @Test func `is read as it was written`() {
        let entry = UndoEntry(
            host: "https://h.example", at: "t", isComplete: true,
            values: [Self.value(.null, ["a": [1, nil, true]]), Self.value("x", .null, of: "b")])
        let text = String(decoding: entry.json.encoded(), as: UTF8.self)
        #expect(UndoEntry(.string(text)) == entry)
    }

    @Test(arguments: [nil, .null, "", "{", "[]", "{}", #"{"host":"h"}"#, 7] as [JSONValue?])
    func `is none where something else stands`(member: JSONValue?) {
        #expect(UndoEntry(member) == nil)
    }

    @Test func `shows no value`() {
        var text = "\(Self.value("hunter2", ["x": "hunter2"]))"
        dump(Self.value("hunter2", ["x": "hunter2"]), to: &text)
        #expect(!text.contains("hunter2") && text.contains("f of a"))
    }
}
