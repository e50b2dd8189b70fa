/// Bytes from the system's generator.
package enum Random {
    package static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// 256 bits in base64url: 43 characters of the unreserved set.
    package static func token() -> String {
        Base64URL.encode(bytes(32))
    }
}
