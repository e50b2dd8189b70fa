import COpenSSL

/// AES-256-GCM (NIST SP 800-38D): `nonce(12) ‖ ciphertext ‖ tag(16)`.
package enum AESGCM {
    package static let nonceLength = 12
    package static let tagLength = 16

    /// Seals under a fresh random nonce and a `key` of 32 bytes.
    package static func seal(
        _ plaintext: [UInt8], key: [UInt8], additionalData: [UInt8]
    ) throws(OpenSSLError) -> [UInt8] {
        let nonce = Random.bytes(nonceLength)
        let context = try Context(key: key, nonce: nonce, encrypting: true)
        let ciphertext = try context.update(plaintext[...], additionalData: additionalData)
        try context.finish()
        var tag = [UInt8](repeating: 0, count: tagLength)
        try context.control(EVP_CTRL_GCM_GET_TAG, &tag)
        return nonce + ciphertext + tag
    }

    /// Opens what `seal` made; throws when a bit, the key or the additional data differs.
    package static func open(
        _ sealed: [UInt8], key: [UInt8], additionalData: [UInt8]
    ) throws(OpenSSLError) -> [UInt8] {
        guard sealed.count >= nonceLength + tagLength else { throw OpenSSLError("gcm open") }
        let context = try Context(key: key, nonce: sealed, encrypting: false)
        let ciphertext = sealed[nonceLength..<sealed.count - tagLength]
        let plaintext = try context.update(ciphertext, additionalData: additionalData)
        var tag = Array(sealed.suffix(tagLength))
        try context.control(EVP_CTRL_GCM_SET_TAG, &tag)
        try context.finish()
        return plaintext
    }

    /// One operation on one thread; frees OpenSSL's context, and with it the key schedule.
    private final class Context {
        private let pointer: OpaquePointer

        /// Reads the first bytes of `nonce`.
        init(key: [UInt8], nonce: [UInt8], encrypting: Bool) throws(OpenSSLError) {
            guard key.count == 32, let pointer = EVP_CIPHER_CTX_new() else {
                throw OpenSSLError("gcm")
            }
            self.pointer = pointer
            try OpenSSLError.check(
                EVP_CipherInit_ex(
                    pointer, EVP_aes_256_gcm(), nil, key, nonce, encrypting ? 1 : 0), "gcm")
        }

        deinit { EVP_CIPHER_CTX_free(pointer) }

        func update(
            _ input: ArraySlice<UInt8>, additionalData: [UInt8]
        ) throws(OpenSSLError) -> [UInt8] {
            var length: Int32 = 0
            var output = [UInt8](repeating: 0, count: input.count)
            try OpenSSLError.check(
                EVP_CipherUpdate(
                    pointer, nil, &length, additionalData, Int32(additionalData.count)), "gcm")
            let result = input.withUnsafeBufferPointer {
                EVP_CipherUpdate(pointer, &output, &length, $0.baseAddress, Int32($0.count))
            }
            try OpenSSLError.check(result, "gcm")
            return output
        }

        func finish() throws(OpenSSLError) {
            var length: Int32 = 0
            var rest = [UInt8](repeating: 0, count: 16)
            try OpenSSLError.check(EVP_CipherFinal_ex(pointer, &rest, &length), "gcm")
        }

        func control(_ operation: Int32, _ tag: inout [UInt8]) throws(OpenSSLError) {
            try OpenSSLError.check(
                EVP_CIPHER_CTX_ctrl(pointer, operation, Int32(tag.count), &tag), "gcm")
        }
    }
}
