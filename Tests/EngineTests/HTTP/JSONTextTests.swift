import Engine
import Testing

@Suite("JSON text")
struct JSONTextTests {
    static func read(_ text: String) -> JSONText? { JSONText(Data(text.utf8)) }

    static let deep =
        String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)

    @Test(arguments: [
        "12345678901234567890", "0.1000", "1e400", "-0", "-0.0", "1E+5", "true", "null", "[]", "{}",
        #""\ud800""#, #"{"a":[{"b":"]},\"{"},1.50],"":null}"#, #"[[],{},"\\"]"#, deep,
    ])
    func `a text is handed on as it was written`(text: String) {
        #expect(Self.read(text)?.text == text)
    }

    @Test func `space between tokens goes, so that it is one line`() {
        let text = Self.read(" {\r\n\t\"a b\" : [ 1 ,\n2 ] , \"c\" : { } }\n")
        #expect(text?.text == #"{"a b":[1,2],"c":{}}"#)
    }

    @Test(
        arguments: DeliveryTests.notJSON + [
            "1 2", "[1 2]", "[,1]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,"b"}"#, #"{1:2}"#, "]", ":",
            ",",
            "[}", "{]", #""\u12g4""#, #""\u12""#, "-", "1.", "1e", "1e+", "00", "tru", "truer",
            "\"\u{1}\"", "[1]]", "nullnull",
        ])
    func `what is no JSON is refused`(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(JSONText(Data([0x22, 0xFF, 0x22])) == nil)
    }

    @Test func `it is taken apart at its top`() {
        let text = Self.read(#"{"a\"b":[1,"x,]",{"c":[2]}],"n":12345678901234567890,"a":"\u0041"}"#)
        let members = text?.members
        #expect(members?.count == 3)
        #expect(
            members?[#"a"b"#]?.elements?.map(\.text) == ["1", #""x,]""#, #"{"c":[2]}"#])
        #expect(members?["n"]?.text == "12345678901234567890" && members?["n"]?.integer == nil)
        #expect(members?["a"]?.string == "A" && members?["a"]?.members == nil)
        #expect(text?.elements == nil && text?.string == nil)
        #expect(Self.read("[]")?.elements == [] && Self.read("{}")?.members == [:])
        #expect(Self.read(#"{"a":1,"a":2}"#)?.members?["a"]?.integer == 2)
    }
}
