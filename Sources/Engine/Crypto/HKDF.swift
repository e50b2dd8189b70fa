import COpenSSL

/// RFC 5869 with SHA-256.
package enum HKDF {
    /// `count` bytes derived from `secret` for the purpose that `info` names.
    package static func derive(
        from secret: [UInt8], salt: [UInt8] = [], info: String, count: Int
    ) throws(OpenSSLError) -> [UInt8] {
        guard let kdf = EVP_KDF_fetch(nil, "HKDF", nil) else { throw OpenSSLError("hkdf") }
        defer { EVP_KDF_free(kdf) }
        guard let context = EVP_KDF_CTX_new(kdf) else { throw OpenSSLError("hkdf") }
        defer { EVP_KDF_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: count)
        let result = withParameters(secret: secret, salt: salt, info: Array(info.utf8)) {
            EVP_KDF_derive(context, &output, count, $0)
        }
        try OpenSSLError.check(result, "hkdf")
        return output
    }

    /// OpenSSL's parameters point into the caller's arrays, so they live only inside `body`.
    private static func withParameters(
        secret: [UInt8], salt: [UInt8], info: [UInt8],
        _ body: (UnsafePointer<OSSL_PARAM>) -> Int32
    ) -> Int32 {
        var (secret, salt, info) = (secret, salt, info)
        var digest = Array("SHA256".utf8CString)
        return secret.withUnsafeMutableBytes { secret in
            salt.withUnsafeMutableBytes { salt in
                info.withUnsafeMutableBytes { info in
                    digest.withUnsafeMutableBufferPointer { digest in
                        body([
                            OSSL_PARAM_construct_utf8_string(
                                OSSL_KDF_PARAM_DIGEST, digest.baseAddress, 0),
                            OSSL_PARAM_construct_octet_string(
                                OSSL_KDF_PARAM_KEY, secret.baseAddress, secret.count),
                            OSSL_PARAM_construct_octet_string(
                                OSSL_KDF_PARAM_SALT, salt.baseAddress, salt.count),
                            OSSL_PARAM_construct_octet_string(
                                OSSL_KDF_PARAM_INFO, info.baseAddress, info.count),
                            OSSL_PARAM_construct_end(),
                        ])
                    }
                }
            }
        }
    }
}
