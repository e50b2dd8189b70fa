import COpenSSL

/// FIPS 180-4.
package enum SHA256 {
    /// Found once: OpenSSL looks through its providers for what `EVP_sha256()` names, each time.
    // Never freed, and read only.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    package static func hash(_ bytes: some Collection<UInt8>) throws(OpenSSLError) -> [UInt8] {
        let input = [UInt8](bytes)
        var digest = [UInt8](repeating: 0, count: 32)
        try OpenSSLError.check(
            EVP_Digest(input, input.count, &digest, nil, algorithm, nil), "sha256")
        return digest
    }
}
