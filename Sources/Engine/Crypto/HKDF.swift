import COpenSSL

/// RFC 5869 with SHA-256.
package enum HKDF {
    /// `count` bytes derived from `secret` for the purpose that `info` names.
    package static func derive(
        from secret: [UInt8], salt: [UInt8] = [], info: String, count: Int
    ) throws(OpenSSLError) -> [UInt8] {
        try derive(from: secret, salt: salt, info: Array(info.utf8), count: count)
    }

    /// The published vectors name purposes that are no UTF-8.
    static func derive(
        from secret: [UInt8], salt: [UInt8], info: [UInt8], count: Int
    ) throws(OpenSSLError) -> [UInt8] {
        guard let kdf = EVP_KDF_fetch(nil, "HKDF", nil) else { throw OpenSSLError("hkdf") }
        defer { EVP_KDF_free(kdf) }
        guard let context = EVP_KDF_CTX_new(kdf) else { throw OpenSSLError("hkdf") }
        defer { EVP_KDF_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: count)
        try OpenSSLError.check(
            hogsend_hkdf_sha256(
                context, secret, secret.count, salt, salt.count, info, info.count, &output, count),
            "hkdf")
        return output
    }
}
