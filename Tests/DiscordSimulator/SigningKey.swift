import COpenSSL
package import Engine

/// The private half of an application's key: it signs what is delivered (RFC 8032).
package struct SigningKey: Sendable {
    private let seed: [UInt8]
    /// What the application shows as `verify_key`, in hex.
    package let publicKey: String

    /// Makes a new key; nil where OpenSSL does not.
    package init?() {
        seed = Random.bytes(32)
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            return nil
        }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 else { return nil }
        publicKey = Hex.encode(bytes)
    }

    /// The headers of a delivery
    /// (<https://discord.com/developers/docs/interactions/overview#validating-security-request-headers>).
    package func headers(over body: Data, at time: Date = Date()) -> HTTPHeaders {
        let seconds = String(Int64(time.timeIntervalSince1970))
        return [
            "Content-Type": "application/json", "X-Signature-Timestamp": seconds,
            "X-Signature-Ed25519": Hex.encode(signature(Array(seconds.utf8) + body)),
        ]
    }

    private func signature(_ message: [UInt8]) -> [UInt8] {
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count),
            let context = EVP_MD_CTX_new()
        else { return [] }
        defer { EVP_PKEY_free(key) }
        defer { EVP_MD_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: 64)
        var count = output.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &output, &count, message, message.count) == 1
        else { return [] }
        return output
    }
}
