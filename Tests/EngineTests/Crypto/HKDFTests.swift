import Testing

@testable import Engine

@Suite("HKDF")
struct HKDFTests {
    struct Vector: Sendable {
        let secret: [UInt8]
        let salt: [UInt8]
        let info: [UInt8]
        let output: String
    }

    /// RFC 5869, test cases 1 to 3.
    static let vectors = [
        Vector(
            secret: [UInt8](repeating: 0x0B, count: 22), salt: Array(0...0x0C),
            info: Array(0xF0...0xF9),
            output: """
                3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
                """),
        Vector(
            secret: Array(0...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF),
            output: """
                b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb
                41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87
                """),
        Vector(
            secret: [UInt8](repeating: 0x0B, count: 22), salt: [], info: [],
            output: """
                8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8
                """),
    ]

    @Test(arguments: vectors)
    func `a published case has its published output`(vector: Vector) throws {
        let expected = bytes(vector.output)
        let output = try HKDF.derive(
            from: vector.secret, salt: vector.salt, info: vector.info, count: expected.count)
        #expect(output == expected)
    }

    @Test func `another purpose has another key`() throws {
        let secret = [UInt8](repeating: 1, count: 32)
        let first = try HKDF.derive(from: secret, info: "first", count: 32)
        #expect(try HKDF.derive(from: secret, info: "first", count: 32) == first)
        #expect(try HKDF.derive(from: secret, info: "second", count: 32) != first)
        #expect(try HKDF.derive(from: secret, salt: [0, 1], info: "first", count: 32) != first)
    }

    /// The standard allows 255 blocks of 32 bytes.
    @Test(arguments: [0, 255 * 32 + 1])
    func `a length that the standard forbids is refused`(count: Int) {
        #expect(throws: OpenSSLError.self) {
            try HKDF.derive(from: [1, 2, 3], info: "purpose", count: count)
        }
    }
}
