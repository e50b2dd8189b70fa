import Engine
import Testing

@Suite("HMAC-SHA256")
struct HMACSHA256Tests {
    /// RFC 4231, test cases 1, 2, 4 and 6, and one that GitHub publishes.
    static let vectors: [([UInt8], [UInt8], String)] = [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            Array("It's a Secret to Everybody".utf8), Array("Hello, World!".utf8),
            "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        ),
    ]

    @Test(arguments: vectors)
    func `it makes the published codes`(key: [UInt8], message: [UInt8], code: String) throws {
        #expect(Hex.encode(try HMACSHA256.code(for: message, key: key)) == code)
    }

    @Test func `nothing has a code as well`() throws {
        #expect(try HMACSHA256.code(for: [], key: [1]).count == 32)
    }
}
