import Engine
import Testing

@Suite("JSON value")
struct JSONValueTests {
    static func decode(_ text: String) -> JSONValue? { JSONValue(decoding: Data(text.utf8)) }

    static let texts: [(String, JSONValue)] = [
        ("null", JSONValue.null), ("true", true), ("false", false), ("0", 0), ("-1", -1),
        ("1", 1), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)),
        ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5", .number(1.5)),
        ("-0.25", .number(-0.25)), ("1e300", .number(1e300)), ("\"\"", ""), ("\"1\"", "1"),
        ("\"true\"", "true"), (#""\u00e9\ud83e\udd94\n\u0000""#, "\u{E9}\u{1F994}\n\0"),
        ("[]", []), ("{}", [:]), (" [ 1 , null ] ", [1, nil]),
        (#"{"a":{"b":[true,"x"]},"":null}"#, ["a": ["b": [true, "x"]], "": nil]),
    ]

    @Test(arguments: texts)
    func `a text has this value and comes back`(text: String, value: JSONValue) throws {
        #expect(Self.decode(text) == value)
        #expect(JSONValue(decoding: value.encoded()) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,", "[1 2]", "{\"a\"}", "{\"a\":}", "'a'", "nul", "tru", "NaN",
        "Infinity", "01", "1.", ".5", "+1", "0x1", "1e999", "\"\\ud800\"", "\"\\x\"", "\"a",
        "\"\n\"", "1 2", "{a:1}", "// c\n1", "1 // c",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(Self.decode(text) == nil)
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(JSONValue(decoding: Data([0x22, 0xFF, 0x22])) == nil)
        #expect(JSONValue(decoding: Data([0x22, 0xC0, 0xAF, 0x22])) == nil)
    }

    /// RFC 8259 §4 leaves it open which one counts.
    @Test func `a doubled member is one of the two`() {
        #expect([1, 2].contains(Self.decode(#"{"a":1,"a":2}"#)?["a"]?.integer))
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")])
    func `depth is no crash`(opening: String, closing: String) {
        for depth in [500, 1000, 100_000] {
            let open = String(repeating: opening, count: depth)
            let close = String(repeating: closing, count: depth)
            _ = Self.decode(open + "1" + close)
            #expect(Self.decode(open) == nil)
        }
        let text =
            String(repeating: opening, count: 50) + "1" + String(repeating: closing, count: 50)
        #expect(Self.decode(text) != nil)
        #expect(Self.decode(String(repeating: "[", count: 100_000)) == nil)
    }

    @Test func `members are sorted and slashes stay`() {
        let value: JSONValue = ["b": "a/b", "a": 1, "c": [nil, true]]
        #expect(
            String(decoding: value.encoded(), as: UTF8.self)
                == #"{"a":1,"b":"a/b","c":[null,true]}"#)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `a number that JSON has not is no crash`(number: Double) {
        #expect(JSONValue.array([.number(number)]).encoded() == Data("null".utf8))
    }

    @Test func `a wrong kind is nil`() {
        let value: JSONValue = ["text": "1", "number": 1, "half": .number(0.5)]
        #expect(value["text"]?.integer == nil)
        #expect(value["number"]?.string == nil)
        #expect(value["number"]?.bool == nil)
        #expect(value["half"]?.integer == nil)
        #expect(value["none"] == nil)
        #expect(value["text"]?["none"] == nil)
        #expect(value.array == nil)
    }
}
