/// Seals credentials with AES-256-GCM under keys derived from `BETTER_AUTH_SECRET`.
///
/// The envelope is `hs1.<key id>.<base64url of nonce ‖ ciphertext ‖ tag>`. Version, key id, provider
/// and kind are additional data, so that a row moved to another place does not open.
package struct CredentialSealer: Sendable {
    private static let version = "hs1"

    // Unprinted by its mirror as little as by its description.
    private struct Key: Sendable, CustomReflectable {
        let id: String
        let bytes: [UInt8]
        var customMirror: Mirror { Mirror(self, children: []) }
    }

    private let current: Key
    private let all: [Key]

    /// New rows are sealed under `secret`; rows of `previous` ones still open.
    package init(secret: Secret, previous: [Secret] = []) throws(OpenSSLError) {
        current = try Self.key(from: secret)
        var all = [current]
        for secret in previous { all.append(try Self.key(from: secret)) }
        self.all = all
    }

    package func seal(
        _ plaintext: Data, provider: ProviderID, kind: CredentialKind
    ) throws(OpenSSLError) -> String {
        let sealed = try AESGCM.seal(
            Array(plaintext), key: current.bytes,
            additionalData: Self.additionalData(current.id, provider, kind))
        return [Self.version, current.id, Base64URL.encode(sealed)].joined(separator: ".")
    }

    /// Nil when no key of ours opens it: another secret, another row's text, or a flipped bit.
    package func open(
        _ envelope: String, provider: ProviderID, kind: CredentialKind
    ) -> Data? {
        let parts = envelope.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.version, let sealed = Base64URL.decode(parts[2]),
            let key = all.first(where: { $0.id == parts[1] })
        else { return nil }
        let data = Self.additionalData(key.id, provider, kind)
        return (try? AESGCM.open(sealed, key: key.bytes, additionalData: data)).map { Data($0) }
    }

    private static func key(from secret: Secret) throws(OpenSSLError) -> Key {
        let material = Array(secret.reveal().utf8)
        let id = try HKDF.derive(from: material, info: "hogsend credentials key id", count: 6)
        return Key(
            id: Base64URL.encode(id),
            bytes: try HKDF.derive(from: material, info: "hogsend credentials", count: 32))
    }

    private static func additionalData(
        _ keyID: String, _ provider: ProviderID, _ kind: CredentialKind
    ) -> [UInt8] {
        Array([version, keyID, provider.rawValue, kind.rawValue].joined(separator: "|").utf8)
    }
}
