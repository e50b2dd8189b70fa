import Engine
import Testing

@Suite("Base64URL")
struct Base64URLTests {
    /// RFC 4648 §10 without its padding, the two letters that differ from base64, and RFC 7636's
    /// appendix A.
    static let pairs: [([UInt8], String)] = [
        ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
        (Array("foob".utf8), "Zm9vYg"), ([0xFB, 0xFF, 0xBF], "-_-_"),
        ([3, 236, 255, 224, 193], "A-z_4ME"),
    ]

    @Test(arguments: pairs)
    func `bytes have one text without padding`(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test func `every length comes back`() {
        for length in 0...100 {
            let bytes = Random.bytes(length)
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text) == bytes)
            #expect(!text.contains("="))
        }
    }

    @Test(arguments: [
        "Zg==", "Zg=", "+A", "/A", "Z g", "Zg\n", " Zg", "Zm9v.", "Zm9v\0", "Z\u{E9}", "Zg%3D", "=",
    ])
    func `anything but the alphabet is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: ["A", "Zm9vY", "AAAAAAAAA"])
    func `a length that no bytes have is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    /// The last letter's spare bits must be zero, or one value would have several texts.
    @Test(arguments: ["Zh", "Zm9", "-_-_AB"])
    func `a second spelling is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
