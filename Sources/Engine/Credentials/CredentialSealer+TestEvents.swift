extension CredentialSealer {
    /// An id for an event that tries the way: a UUID of version 8 (RFC 9562 §5.8), half of it random
    /// and half a keyed hash of that.
    ///
    /// So every process that has the secret knows it, without asking anybody and for good, and nobody
    /// without the secret can make one.
    func testEventID(of provider: ProviderID) throws(OpenSSLError) -> String {
        var nonce = Random.bytes(8)
        nonce[6] = 0x80 | nonce[6] & 0x0F
        return Self.spelled(nonce + (try tag(of: nonce, provider, under: current)))
    }

    /// Whether this instance, or one that shares its secret, made the id.
    func isTestEventID(_ id: String, of provider: ProviderID) -> Bool {
        // Services number their events otherwise, and then nothing is computed.
        guard Self.isVersion8(id), let bytes = UUID(uuidString: id)?.bytes else { return false }
        let given = Self.spelled(bytes)
        return all.contains { key in
            guard let tag = try? tag(of: Array(bytes.prefix(8)), provider, under: key) else {
                return false
            }
            return ConstantTime.equal(Self.spelled(bytes.prefix(8) + tag), given)
        }
    }

    private static func isVersion8(_ id: String) -> Bool {
        var id = id
        return id.withUTF8 { $0.count == 36 && $0[14] == UInt8(ascii: "8") }
    }

    private func tag(
        of nonce: [UInt8], _ provider: ProviderID, under key: SealingKey
    ) throws(OpenSSLError) -> [UInt8] {
        let info = "hogsend test event\n\(provider.rawValue)\n\(Base64URL.encode(nonce))"
        var tag = try HKDF.derive(from: key.bytes(for: .envelope), info: info, count: 8)
        tag[0] = 0x80 | tag[0] & 0x3F
        return tag
    }

    private static func spelled(_ bytes: [UInt8]) -> String {
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [digits[..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10...]]
            .map { $0.joined() }.joined(separator: "-")
    }
}

extension UUID {
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: uuid) { Array($0) } }
}
