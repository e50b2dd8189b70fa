import Engine
import Testing

@Suite("Base64 and hexadecimal digits")
struct Base64Tests {
    /// RFC 4648 §10.
    static let vectors = [
        ("", "", ""), ("f", "Zg==", "66"), ("fo", "Zm8=", "666f"), ("foo", "Zm9v", "666f6f"),
        ("foob", "Zm9vYg==", "666f6f62"), ("fooba", "Zm9vYmE=", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "666f6f626172"),
    ]

    @Test(arguments: vectors)
    func `it writes and reads the published texts`(text: String, base64: String, hex: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.encode(bytes) == base64 && Base64.decode(base64) == bytes)
        #expect(Hex.encode(bytes) == hex && Hex.decode(hex) == bytes)
        #expect(Hex.decode(hex.uppercased()) == bytes)
    }

    @Test func `every byte comes back`() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.encode([0xFB, 0xFF, 0xFE]) == "+//+")
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zg==Zg==", "-_-_", "Zm 9v",
        "Zm9v\n", "Zm9\u{301}v", "Zm9é",
    ])
    func `another spelling is no base64`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["6", "666", "6g", "0x66", " 66", "66 ", "６６", "+6", "6\u{301}6"])
    func `another spelling is no hexadecimal`(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
