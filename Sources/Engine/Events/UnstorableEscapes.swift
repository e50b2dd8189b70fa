extension String {
    /// A JSON text with U+FFFD in place of what PostgreSQL keeps in no text: an escaped U+0000, and
    /// half of a surrogate pair.
    func replacingUnstorableEscapes() -> String {
        var output: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.first {
            guard byte == UInt8(ascii: "\\") else {
                output.append(rest.removeFirst())
                continue
            }
            let (escape, length) = Self.storable(rest)
            output += escape
            rest = rest.dropFirst(length)
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The escape at the beginning, or what stands in its place, and how many bytes it had.
    private static func storable(
        _ bytes: ArraySlice<UInt8>
    ) -> (escape: ArraySlice<UInt8>, length: Int) {
        guard let unit = unit(bytes) else { return (bytes.prefix(2), 2) }
        switch unit {
        case 0, 0xDC00...0xDFFF: return (replacement, 6)
        case 0xD800...0xDBFF:
            guard let next = Self.unit(bytes.dropFirst(6)), 0xDC00...0xDFFF ~= next else {
                return (replacement, 6)
            }
            return (bytes.prefix(12), 12)
        default: return (bytes.prefix(6), 6)
        }
    }

    private static let replacement = Array(#"\ufffd"#.utf8)[...]

    /// The code unit that `\uXXXX` stands for.
    private static func unit(_ bytes: ArraySlice<UInt8>) -> UInt16? {
        guard bytes.starts(with: #"\u"#.utf8) else { return nil }
        return UInt16(String(decoding: bytes.dropFirst(2).prefix(4), as: UTF8.self), radix: 16)
    }
}
