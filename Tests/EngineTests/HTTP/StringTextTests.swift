import Engine
import Testing

@Suite("Strangers' texts")
struct StringTextTests {
    @Test(arguments: [
        ("plain text", "plain text"), ("", ""), ("  a \t b \r\n c  ", "a b c"),
        ("\u{1B}[31mred\u{1B}[0m", "[31mred [0m"), ("\u{1B}]0;title\u{7}x", "]0;title x"),
        ("a\u{9B}31mb", "a 31mb"), ("a\0b\u{7F}c", "a b c"), ("a\u{8}b", "a b"),
        ("a\u{202E}b\u{2066}c", "a b c"), ("a\u{200B}b\u{FEFF}c", "a b c"),
        ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"), ("a\u{E000}b", "a b"), ("a\u{E0041}b", "a b"),
        ("\u{E9}t\u{E9} \u{1F994}", "\u{E9}t\u{E9} \u{1F994}"),
    ])
    func `what a terminal would act on is gone`(text: String, shown: String) {
        #expect(text.sanitized() == shown)
    }

    @Test func `it is cut at the limit`() {
        #expect(String(repeating: "a", count: 1000).sanitized().count == 300)
        #expect(String(repeating: "a", count: 1000).sanitized(limit: 20).count == 20)
        #expect(String(repeating: "\u{1F994}", count: 400).sanitized().count == 300)
    }

    @Test func `a tower of accents is cut too`() {
        let tower = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(tower.sanitized().unicodeScalars.count <= 1200)
    }

    @Test func `no scalar leaves a line end or an escape`() {
        let ranges: [ClosedRange<UInt32>] = [0...0xFFFF, 0xE0000...0xE01FF]
        for scalar in ranges.joined().compactMap(Unicode.Scalar.init) {
            let shown = "a\(scalar)b".sanitized()
            let safe = shown.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
            }
            guard safe else {
                Issue.record("U+\(String(scalar.value, radix: 16)) stays")
                return
            }
        }
    }

    @Test(arguments: [
        ("", ""), (" ", ""), ("\r\n\t a b \n", "a b"), ("a", "a"), ("\u{A0}a\u{2003}", "a"),
    ])
    func `white space around a text is trimmed`(text: String, trimmed: String) {
        #expect(text.trimmingWhitespace() == trimmed)
    }
}
