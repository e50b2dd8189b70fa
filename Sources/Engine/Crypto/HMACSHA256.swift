import COpenSSL

/// RFC 2104 with SHA-256.
package enum HMACSHA256 {
    package static func code(
        for message: [UInt8], key: [UInt8]
    ) throws(OpenSSLError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let result = HMAC(
            EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length)
        guard result != nil, length == 32 else { throw OpenSSLError("hmac") }
        return code
    }
}
