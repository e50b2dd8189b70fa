import COpenSSL

/// FIPS 180-4.
package enum SHA256 {
    package static func hash(_ bytes: some Collection<UInt8>) throws(OpenSSLError) -> [UInt8] {
        let input = [UInt8](bytes)
        var digest = [UInt8](repeating: 0, count: 32)
        try OpenSSLError.check(
            EVP_Digest(input, input.count, &digest, nil, EVP_sha256(), nil), "sha256")
        return digest
    }
}
