import Engine
import Testing

@Suite("AES-256-GCM")
struct AESGCMTests {
    static let key = Array(UInt8(0)...31)

    struct Vector: Sendable {
        let key: String
        let additionalData: String
        let plaintext: String
        /// Nonce, ciphertext and tag.
        let sealed: String
    }

    /// Test cases 13, 14 and 16 of the GCM specification that NIST published.
    static let vectors = [
        Vector(
            key: String(repeating: "00", count: 32), additionalData: "", plaintext: "",
            sealed: "000000000000000000000000 530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "00", count: 32), additionalData: "",
            plaintext: "00000000000000000000000000000000",
            sealed: """
                000000000000000000000000
                cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919
                """),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            additionalData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plaintext: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """,
            sealed: """
                cafebabefacedbaddecaf888
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
                76fc6ece0f4e1768cddf8853bb2d551b
                """),
    ]

    @Test(arguments: vectors)
    func `a published box opens`(vector: Vector) throws {
        let plaintext = try AESGCM.open(
            bytes(vector.sealed), key: bytes(vector.key),
            additionalData: bytes(vector.additionalData))
        #expect(plaintext == bytes(vector.plaintext))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 4096, 100_000])
    func `what was sealed opens`(length: Int) throws {
        let text = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try AESGCM.seal(text, key: Self.key, additionalData: [7])
        #expect(sealed.count == length + 28)
        #expect(try AESGCM.open(sealed, key: Self.key, additionalData: [7]) == text)
    }

    @Test func `the same text is sealed differently each time`() throws {
        let boxes = try (0..<100).map { _ in
            try AESGCM.seal([1, 2, 3], key: Self.key, additionalData: [])
        }
        #expect(Set(boxes.map { $0.prefix(12) }).count == 100)
    }

    @Test func `a flipped bit does not open`() throws {
        let sealed = try AESGCM.seal([1, 2, 3], key: Self.key, additionalData: [7])
        for bit in 0..<(sealed.count * 8) {
            var broken = sealed
            broken[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: OpenSSLError.self) {
                try AESGCM.open(broken, key: Self.key, additionalData: [7])
            }
        }
    }

    @Test func `a cut or lengthened box does not open`() throws {
        let sealed = try AESGCM.seal([1, 2, 3], key: Self.key, additionalData: [])
        for length in 0..<sealed.count {
            #expect(throws: OpenSSLError.self) {
                try AESGCM.open(Array(sealed.prefix(length)), key: Self.key, additionalData: [])
            }
        }
        #expect(throws: OpenSSLError.self) {
            try AESGCM.open(sealed + [0], key: Self.key, additionalData: [])
        }
    }

    @Test(arguments: [[], [6], [7, 7]])
    func `other additional data does not open`(additionalData: [UInt8]) throws {
        let sealed = try AESGCM.seal([1, 2, 3], key: Self.key, additionalData: [7])
        #expect(throws: OpenSSLError.self) {
            try AESGCM.open(sealed, key: Self.key, additionalData: additionalData)
        }
    }

    @Test func `another key does not open`() throws {
        let sealed = try AESGCM.seal([1, 2, 3], key: Self.key, additionalData: [])
        #expect(throws: OpenSSLError.self) {
            try AESGCM.open(sealed, key: Self.key.reversed(), additionalData: [])
        }
    }

    @Test(arguments: [0, 16, 31, 33])
    func `a key of another length is refused`(length: Int) {
        let key = [UInt8](repeating: 1, count: length)
        #expect(throws: OpenSSLError.self) {
            try AESGCM.seal([1], key: key, additionalData: [])
        }
        #expect(throws: OpenSSLError.self) {
            try AESGCM.open([UInt8](repeating: 0, count: 40), key: key, additionalData: [])
        }
    }
}
