/// RFC 4648 §4, with padding.
package enum Base64 {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let text = Base64URL.encode(bytes).utf8.map(standard)
        let padding = [UInt8](repeating: pad, count: (4 - text.count % 4) % 4)
        return String(decoding: text + padding, as: UTF8.self)
    }

    /// Nil when `text` is not the one spelling of its bytes.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.prefix { $0 != pad }
        let padding = text.utf8.dropFirst(digits.count)
        guard text.utf8.count.isMultiple(of: 4), padding.count <= 2,
            padding.allSatisfy({ $0 == pad }), digits.allSatisfy({ !foreign.contains($0) })
        else { return nil }
        return Base64URL.decode(String(decoding: digits.map(urlSafe), as: UTF8.self))
    }

    private static let pad = UInt8(ascii: "=")
    private static let foreign = [UInt8(ascii: "-"), UInt8(ascii: "_")]

    private static func standard(_ digit: UInt8) -> UInt8 {
        switch digit {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: digit
        }
    }

    private static func urlSafe(_ digit: UInt8) -> UInt8 {
        switch digit {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: digit
        }
    }
}
