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
        #expect(try Self.open(envelope, sealer).get().plaintext == text)
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

    /// Nil, and `failure` filled, when it does not open.
    static func open(
        _ text: String, _ sealer: CredentialSealer, provider: ProviderID = "acme",
        kind: CredentialKind = .oauth
    ) -> Result<OpenedRow, SealedRowError> {
        do throws(SealedRowError) {
            return .success(try sealer.open(text, provider: provider, kind: kind))
        } catch {
            return .failure(error)
        }
    }

    static func keyID(_ secret: String) throws -> String { try sealer(secret).currentKeyID }

    @Test func `a row moved to another provider or kind does not open`() throws {
        let sealer = try Self.sealer()
        let envelope = try Self.seal(sealer)
        let refusal = Result<OpenedRow, SealedRowError>
            .failure(.notAuthentic(keyID: sealer.currentKeyID))
        #expect(Self.open(envelope, sealer, provider: "other") == refusal)
        #expect(Self.open(envelope, sealer, kind: .derived) == refusal)
        #expect(Self.open(envelope, sealer, provider: "acme|oauth") == refusal)
    }

    @Test(arguments: [SealedFormat.envelope, .legacy])
    func `another secret does not open it, a previous one does`(format: SealedFormat) throws {
        let old = try Self.sealer("old")
        let row = try old.seal(Self.plaintext, provider: "acme", kind: .oauth, as: format)
        for sealer in [
            try Self.sealer("new", "old"), try Self.sealer("new", "x", "old"), old,
            try Self.sealer("old", "new"), try Self.sealer("new", "old", "old"),
        ] {
            let opened = try sealer.open(row, provider: "acme", kind: .oauth)
            #expect(opened.plaintext == Self.plaintext && opened.format == format)
            #expect(opened.keyID == old.currentKeyID)
        }
        let wanted: SealedRowError =
            format == .envelope ? .unknownKey(id: old.currentKeyID) : .notAuthentic(keyID: nil)
        for sealer in [
            try Self.sealer("new"), try Self.sealer("new", "older"), try Self.sealer("OLD"),
            try Self.sealer(""),
        ] { #expect(Self.open(row, sealer) == .failure(wanted)) }
    }

    @Test(arguments: [SealedFormat.envelope, .legacy])
    func `rows are sealed under the current secret`(format: SealedFormat) throws {
        let row = try Self.sealer("new", "old")
            .seal(Self.plaintext, provider: "acme", kind: .oauth, as: format)
        #expect(try Self.open(row, Self.sealer("new")).get().keyID == Self.keyID("new"))
        #expect(throws: SealedRowError.self) { try Self.open(row, Self.sealer("old")).get() }
    }

    @Test func `keys are told by their ids`() throws {
        let sealer = try Self.sealer("new", "old", "new", "older", "old")
        #expect(try sealer.currentKeyID == Self.keyID("new"))
        #expect(try sealer.previousKeyIDs == [Self.keyID("old"), Self.keyID("older")])
    }

    /// The nonce, the ciphertext and the tag, each at its beginning, middle and end.
    @Test(arguments: [SealedFormat.envelope, .legacy])
    func `a flipped bit anywhere closes it`(format: SealedFormat) throws {
        let sealer = try Self.sealer()
        let row = try sealer.seal(Self.plaintext, provider: "acme", kind: .oauth, as: format)
        let payload = row.split(separator: ".").last.map(String.init) ?? ""
        let bytes = try #require(Base64URL.decode(payload))
        let wanted = SealedRowError.notAuthentic(
            keyID: format == .envelope ? sealer.currentKeyID : nil)
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                let text = row.replacing(payload, with: Base64URL.encode(changed))
                #expect(Self.open(text, sealer) == .failure(wanted))
            }
        }
    }

    @Test func `a flipped bit in the key's id asks for another key`() throws {
        let sealer = try Self.sealer()
        let parts = try Self.seal(sealer).split(separator: ".").map(String.init)
        let bytes = try #require(Base64URL.decode(parts[1]))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let id = Base64URL.encode(changed)
            let text = "hs1.\(id).\(parts[2])"
            #expect(Self.open(text, sealer) == .failure(.unknownKey(id: id)))
        }
    }

    @Test func `swapped payloads open neither row`() throws {
        let sealer = try Self.sealer()
        let (one, other) = (try Self.seal(sealer), try Self.seal(sealer, Data("x".utf8)))
        let moved = try sealer.seal(Data("x".utf8), provider: "other", kind: .oauth)
        let refusal = Result<OpenedRow, SealedRowError>
            .failure(.notAuthentic(keyID: sealer.currentKeyID))
        #expect(Self.open(moved, sealer) == refusal)
        #expect(Self.open(one, sealer, provider: "other") == refusal)
        #expect(try Self.open(other, sealer).get().plaintext == Data("x".utf8))
    }

    @Test(arguments: [SealedFormat.envelope, .legacy])
    func `a cut row does not open, wherever it is cut`(format: SealedFormat) throws {
        let sealer = try Self.sealer()
        let row = try sealer.seal(Self.plaintext, provider: "acme", kind: .oauth, as: format)
        var failures: Set<SealedRowError> = []
        for length in 0..<row.utf8.count {
            let opened = Self.open(String(row.prefix(length)), sealer)
            guard case .failure(let failure) = opened else {
                Issue.record("the first \(length) bytes open")
                continue
            }
            failures.insert(failure)
        }
        let keyID = format == .envelope ? sealer.currentKeyID : nil
        #expect(
            failures.isSubset(of: [
                .malformed, .notAuthentic(keyID: keyID), .notAuthentic(keyID: nil),
            ]))
        #expect(failures.contains(.notAuthentic(keyID: keyID)))
    }

    @Test func `a dressed-up envelope is malformed`() throws {
        let sealer = try Self.sealer()
        let envelope = try Self.seal(sealer)
        let parts = envelope.split(separator: ".").map(String.init)
        let others = [
            "", ".", "..", "hs1..", "hs1.\(parts[1]).", "hs2.\(parts[1]).\(parts[2])",
            "\(parts[1]).\(parts[2])", envelope + ".", envelope + "=", " " + envelope,
            "hs1.AAAAAAA.\(parts[2])", "hs1.\u{1B}[31mAAA.\(parts[2])",
            "hs1.\(parts[1]).\(parts[2].prefix(20))", "{\"accessToken\":\"x\"}",
            "hs1.\(parts[1]).é", "hs1.\u{301}\(parts[1]).\(parts[2])", "\(parts[2])=",
        ]
        for other in others {
            #expect(Self.open(other, sealer) == .failure(.malformed), "\(other)")
        }
    }

    @Test(arguments: [
        SealedRowError.unknownKey(id: "AAAAAAAA"), .notAuthentic(keyID: "AAAAAAAA"),
        .notAuthentic(keyID: nil), .malformed, .notJSON,
    ])
    func `each failure has a name, a sentence and a next step`(failure: SealedRowError) {
        #expect(failure.code.hasPrefix("row_"))
        #expect(!failure.description.hasSuffix(".") && failure.hint?.isEmpty == false)
        if case .unknownKey(let id) = failure { #expect(failure.description.contains("'\(id)'")) }
    }

    @Test func `no way of printing shows its keys`() throws {
        let sealer = try Self.sealer()
        var text = "\(sealer)" + String(reflecting: sealer)
        dump(sealer, to: &text)
        #expect(!text.contains("bytes") && !text.contains("hunter2"))
    }
}
