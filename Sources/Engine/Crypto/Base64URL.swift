/// RFC 4648 §5 without padding.
package enum Base64URL {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let none: UInt8 = 0xFF
    /// What each byte stands for; `none` outside the alphabet.
    private static let values = letters.enumerated().reduce(
        into: [UInt8](repeating: none, count: 256)
    ) { values, letter in values[Int(letter.element)] = UInt8(letter.offset) }

    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        let count = (bytes.count * 4 + 2) / 3
        return letters.withUnsafeBufferPointer { letters in
            String(unsafeUninitializedCapacity: count) { text in
                var (pending, bits, written) = (0, 0, 0)
                for byte in bytes {
                    pending = pending << 8 | Int(byte)
                    bits += 8
                    while bits >= 6 {
                        bits -= 6
                        text[written] = letters[pending >> bits & 63]
                        written += 1
                    }
                    pending &= (1 << bits) - 1
                }
                if bits > 0 { text[written] = letters[pending << (6 - bits) & 63] }
                return count
            }
        }
    }

    /// Nil when `text` holds anything but the alphabet, or is not the one spelling of its bytes.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        text.utf8.withContiguousStorageIfAvailable(decode) ?? decode(Array(text.utf8))
    }

    private static func decode(_ text: [UInt8]) -> [UInt8]? {
        text.withUnsafeBufferPointer(decode)
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var isSpelled = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { output, count in
            (isSpelled, count) = fill(output, from: text)
        }
        return isSpelled ? bytes : nil
    }

    /// The bits left over at the end are zero in the one spelling.
    private static func fill(
        _ output: UnsafeMutableBufferPointer<UInt8>, from text: UnsafeBufferPointer<UInt8>
    ) -> (isSpelled: Bool, count: Int) {
        values.withUnsafeBufferPointer { values in
            var (pending, bits, written) = (0, 0, 0)
            for letter in text {
                let value = values[Int(letter)]
                if value == none { return (false, written) }
                pending = pending << 6 | Int(value)
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    output[written] = UInt8(truncatingIfNeeded: pending >> bits)
                    written += 1
                    pending &= (1 << bits) - 1
                }
            }
            return (pending == 0, written)
        }
    }
}
