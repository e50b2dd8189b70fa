/// What one `BETTER_AUTH_SECRET` makes: a key for each format, and the id that rows name it by.
struct SealingKey: Sendable {
    let id: String
    private let envelope: [UInt8]
    private let legacy: [UInt8]

    init(_ secret: Secret) throws(OpenSSLError) {
        let material = Array(secret.reveal().utf8)
        id = Base64URL.encode(
            try HKDF.derive(
                from: material, info: "hogsend credentials key id", count: SealedRow.keyIDLength))
        envelope = try HKDF.derive(from: material, info: "hogsend credentials", count: 32)
        legacy = try SHA256.hash(material)
    }

    func bytes(for format: SealedFormat) -> [UInt8] {
        switch format {
        case .envelope: envelope
        case .legacy: legacy
        }
    }
}

// Unprinted by its mirror as little as by its description.
extension SealingKey: CustomReflectable {
    var customMirror: Mirror { Mirror(self, children: []) }
}
