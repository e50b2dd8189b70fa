import COpenSSL

extension Ed25519 {
    /// A pair of keys that signs: what a service has, made for those who try its deliveries.
    package struct KeyPair: Sendable {
        private let seed: [UInt8]
        package let publicKey: [UInt8]

        /// Makes a pair from 32 bytes, at random unless told otherwise.
        ///
        /// Throws what OpenSSL says when it makes none of them.
        package init(seed: [UInt8] = Random.bytes(keyLength)) throws(OpenSSLError) {
            self.seed = seed
            var bytes = [UInt8](repeating: 0, count: keyLength)
            var length = keyLength
            guard let key = Self.key(seed) else { throw OpenSSLError("EVP_PKEY_new") }
            defer { EVP_PKEY_free(key) }
            guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1, length == keyLength
            else { throw OpenSSLError("EVP_PKEY_get_raw_public_key") }
            publicKey = bytes
        }

        /// Signs a message (RFC 8032 §5.1.6).
        package func signature(of message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
            var signature = [UInt8](repeating: 0, count: signatureLength)
            var length = signatureLength
            guard let key = Self.key(seed), let context = EVP_MD_CTX_new() else {
                throw OpenSSLError("EVP_MD_CTX_new")
            }
            defer {
                EVP_MD_CTX_free(context)
                EVP_PKEY_free(key)
            }
            guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
                EVP_DigestSign(context, &signature, &length, message, message.count) == 1
            else { throw OpenSSLError("EVP_DigestSign") }
            return signature
        }

        private static func key(_ seed: [UInt8]) -> OpaquePointer? {
            seed.count == keyLength
                ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, keyLength) : nil
        }
    }
}
