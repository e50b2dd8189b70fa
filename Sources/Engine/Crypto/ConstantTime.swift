import COpenSSL

/// Comparison of secrets, without a clock in it.
package enum ConstantTime {
    /// Compares without content or length showing in the time taken.
    package static func equal(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        var (left, right) = (String(left), String(right))
        guard left.utf8.count <= block, right.utf8.count <= block else {
            return equalDigests(left, right)
        }
        return left.withUTF8 { left in right.withUTF8 { right in equalBlocks(left, right) } }
    }

    /// Nearly every secret is shorter.
    private static let block = 128

    /// Compares all of two blocks, in which a text and zeros stand, and the lengths.
    private static func equalBlocks(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * block) { bytes in
            bytes.initialize(repeating: 0)
            _ = bytes[..<block].update(fromContentsOf: left)
            _ = bytes[block...].update(fromContentsOf: right)
            guard let start = bytes.baseAddress else { return false }
            defer { OPENSSL_cleanse(start, bytes.count) }
            return CRYPTO_memcmp(start, start + block, block) == 0 && left.count == right.count
        }
    }

    private static func equalDigests(_ left: String, _ right: String) -> Bool {
        guard let left = try? SHA256.hash(Array(left.utf8)),
            let right = try? SHA256.hash(Array(right.utf8))
        else { return false }
        return CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// Compares codes, whose length is no secret.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
