import COpenSSL

/// RFC 8032 §5.1, without a context.
package enum Ed25519 {
    static let keyLength = 32
    static let signatureLength = 64

    /// Whether the holder of the private key signed this; false for a key that is none.
    package static func isSignature(
        _ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]
    ) -> Bool {
        guard publicKey.count == keyLength, signature.count == signatureLength,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, keyLength)
        else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        // A wrong signature leaves its reason in the thread's queue.
        defer { ERR_clear_error() }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
