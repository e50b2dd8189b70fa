import Testing

@testable import Engine

@Suite("Form encoding")
struct FormURLEncodingTests {
    typealias Pair = FormURLEncoding.Pair

    @Test(arguments: [
        ("a=b", [Pair(name: "a", value: "b")]),
        ("a=b+c%20d%2Be", [Pair(name: "a", value: "b c d+e")]),
        ("a+b=c", [Pair(name: "a b", value: "c")]),
        ("a=1&a=2&a=1", ["1", "2", "1"].map { Pair(name: "a", value: $0) }),
        ("a=b=c==", [Pair(name: "a", value: "b=c==")]),
        ("a", [Pair(name: "a", value: "")]),
        ("a=", [Pair(name: "a", value: "")]),
        ("=b", [Pair(name: "", value: "b")]),
        ("", []),
        ("&&a=b&&", [Pair(name: "a", value: "b")]),
        ("a=b;c=d", [Pair(name: "a", value: "b;c=d")]),
        ("a=%e2%82%AC", [Pair(name: "a", value: "\u{20AC}")]),
        ("a=%00%0d%0A", [Pair(name: "a", value: "\0\r\n")]),
        ("a=\u{E9}", [Pair(name: "a", value: "\u{E9}")]),
        ("a%26b%3D=c", [Pair(name: "a&b=", value: "c")]),
    ])
    func `a text has these pairs`(text: String, pairs: [Pair]) {
        #expect(FormURLEncoding.decode(text) == pairs)
    }

    @Test(arguments: [
        "a=%", "a=%4", "a=%zz", "a=%4z", "a=%%41", "%=a", "a=1&b=%", "a=%-1", "a=% 1", "a=%u0041",
    ])
    func `a broken escape is refused`(text: String) {
        #expect(FormURLEncoding.decode(text) == nil)
    }

    /// A lone continuation byte, an overlong slash, a surrogate, a cut-off letter, and beyond U+10FFFF.
    @Test(arguments: ["a=%80", "a=%C0%AF", "a=%ED%A0%80", "a=%E2%82", "a=%F4%90%80%80", "a=%FF"])
    func `bytes that are no UTF-8 are refused`(text: String) {
        #expect(FormURLEncoding.decode(text) == nil)
    }

    @Test func `only the unreserved characters stay as they are`() {
        let ascii = String(String.UnicodeScalarView((0...0x7F).compactMap(Unicode.Scalar.init)))
        let escaped = FormURLEncoding.escape(ascii)
        #expect(escaped.hasPrefix("%00%01%02"))
        #expect(escaped.hasSuffix("%7B%7C%7D~%7F"))
        let kept = Set(escaped.split(separator: "%").map { $0.dropFirst(2) }.joined())
        #expect(kept == RandomTests.unreserved)
        #expect(FormURLEncoding.escape("\u{E9} \u{1F994}") == "%C3%A9%20%F0%9F%A6%94")
    }

    @Test func `every character comes back`() throws {
        let ranges: [ClosedRange<UInt32>] = [0...0x2FF, 0x2000...0x20FF, 0x1F900...0x1F9FF]
        let scalars = ranges.joined().compactMap(Unicode.Scalar.init)
        for scalar in scalars {
            let text = "x\(scalar)&=+%"
            let encoded = FormURLEncoding.encode([(text, text), ("second", "")])
            let pairs = try #require(FormURLEncoding.decode(encoded))
            try #require(
                pairs == [Pair(name: text, value: text), Pair(name: "second", value: "")])
        }
    }

    @Test func `a path's plus is a plus`() {
        #expect(FormURLEncoding.unescape("a+b%20c".utf8) == "a+b c")
        #expect(FormURLEncoding.unescape("a+b%20c".utf8, plusIsSpace: true) == "a b c")
    }
}
