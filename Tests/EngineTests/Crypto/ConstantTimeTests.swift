import Engine
import Testing

@Suite("Constant-time comparison")
struct ConstantTimeTests {
    @Test(arguments: ["", "a", "secret", "s\u{0}x", "\u{1F994}"])
    func `a text equals itself`(text: String) {
        #expect(ConstantTime.equal(text, text[...]))
    }

    @Test(arguments: [
        ("", "a"), ("secret", "secreT"), ("secret", "secre"), ("secret", "secret "),
        ("a\u{0}b", "a\u{0}c"), ("a", "a\u{0}"),
    ])
    func `another text does not`(left: String, right: String) {
        #expect(!ConstantTime.equal(left, right))
        #expect(!ConstantTime.equal(right, left))
    }

    /// Swift's `==` takes both for the same letter; a secret is its bytes.
    @Test func `it compares bytes, not letters`() {
        #expect("\u{E9}" == "e\u{301}")
        #expect(!ConstantTime.equal("\u{E9}", "e\u{301}"))
    }
}
