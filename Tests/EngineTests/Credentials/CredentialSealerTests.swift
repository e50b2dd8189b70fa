import Engine
import Testing

@Suite("Credential sealer")
struct CredentialSealerTests {
    static let plaintext = Data(#"{"accessToken":"hunter2-token"}"#.utf8)

    static func sealer(_ secret: String = "hunter2-secret", _ previous: String...) throws
        -> CredentialSealer
    {
        try CredentialSealer(secret: Secret(secret), previous: previous.map { Secret($0) })
    }

    static func seal(_ sealer: CredentialSealer, _ text: Data = plaintext) throws -> String {
        try sealer.seal(text, provider: "acme", kind: .oauth)
    }

    @Test(arguments: [Data(), Data("x".utf8), plaintext, Data(repeating: 0xFF, count: 100_000)])
    func `what it seals it opens`(text: Data) throws {
        let sealer = try Self.sealer()
        let envelope = try Self.seal(sealer, text)
        #expect(sealer.open(envelope, provider: "acme", kind: .oauth) == text)
    }

    @Test func `the envelope is printable, names its version and key, and shows nothing`() throws {
        let envelope = try Self.seal(try Self.sealer())
        let parts = envelope.split(separator: ".")
        #expect(parts.count == 3 && parts[0] == "hs1")
        #expect(parts[1].utf8.count == 8)
        #expect(envelope.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        let bytes = try #require(Base64URL.decode(parts[2]))
        #expect(bytes.count == 12 + Self.plaintext.count + 16)
        for part in ["hunter2", "accessToken", "acme"] {
            #expect(!envelope.contains(part))
            #expect(!String(decoding: bytes, as: UTF8.self).contains(part))
        }
    }

    @Test func `the same text looks different each time`() throws {
        let sealer = try Self.sealer()
        #expect(try Self.seal(sealer) != Self.seal(sealer))
    }

    @Test func `a row moved to another provider or kind does not open`() throws {
        let sealer = try Self.sealer()
        let envelope = try Self.seal(sealer)
        #expect(sealer.open(envelope, provider: "other", kind: .oauth) == nil)
        #expect(sealer.open(envelope, provider: "acme", kind: .derived) == nil)
        #expect(sealer.open(envelope, provider: "acme|oauth", kind: .oauth) == nil)
    }

    @Test func `another secret does not open it, a previous one does`() throws {
        let envelope = try Self.seal(try Self.sealer("old"))
        let plain = Self.plaintext
        for (sealer, expected) in [
            (try Self.sealer("new"), nil), (try Self.sealer("new", "older"), nil),
            (try Self.sealer("new", "old"), plain), (try Self.sealer("new", "x", "old"), plain),
            (try Self.sealer("old", "new"), plain), (try Self.sealer("OLD"), nil),
            (try Self.sealer(""), nil),
        ] {
            #expect(sealer.open(envelope, provider: "acme", kind: .oauth) == expected)
        }
    }

    @Test func `new rows are sealed under the current secret`() throws {
        let envelope = try Self.seal(try Self.sealer("new", "old"))
        #expect(try Self.sealer("new").open(envelope, provider: "acme", kind: .oauth) != nil)
        #expect(try Self.sealer("old").open(envelope, provider: "acme", kind: .oauth) == nil)
    }

    @Test func `a flipped bit anywhere closes it`() throws {
        let sealer = try Self.sealer()
        let parts = try Self.seal(sealer).split(separator: ".").map(String.init)
        let bytes = try #require(Base64URL.decode(parts[2]))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let envelope = [parts[0], parts[1], Base64URL.encode(changed)].joined(separator: ".")
            #expect(sealer.open(envelope, provider: "acme", kind: .oauth) == nil)
        }
    }

    @Test func `a cut or dressed-up envelope does not open`() throws {
        let sealer = try Self.sealer()
        let envelope = try Self.seal(sealer)
        let parts = envelope.split(separator: ".").map(String.init)
        let others = [
            "", ".", "..", "hs1..", "hs1.\(parts[1]).", "hs2.\(parts[1]).\(parts[2])",
            "\(parts[1]).\(parts[2])", parts[2], envelope + ".", envelope + "=", envelope + "A",
            " " + envelope, String(envelope.dropLast()), "hs1.AAAAAAAA.\(parts[2])",
            "hs1.\(parts[1]).\(parts[2].prefix(20))", "{\"accessToken\":\"x\"}",
            "hs1.\(parts[1]).é",
        ]
        for other in others {
            #expect(sealer.open(other, provider: "acme", kind: .oauth) == nil, "\(other)")
        }
    }

    @Test func `no way of printing shows its keys`() throws {
        let sealer = try Self.sealer()
        var text = "\(sealer)" + String(reflecting: sealer)
        dump(sealer, to: &text)
        #expect(!text.contains("bytes") && !text.contains("hunter2"))
    }
}
