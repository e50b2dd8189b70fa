/// `application/x-www-form-urlencoded`: the query of a callback and the body of a token request.
///
/// `URLComponents` leaves `+` as it is, which servers read as a space.
package enum FormURLEncoding {
    package struct Pair: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package static func encode(_ pairs: [(String, String)]) -> String {
        pairs.map { "\(escape($0.0))=\(escape($0.1))" }.joined(separator: "&")
    }

    /// Every pair in order, doubled names included; nil when an escape or the UTF-8 is broken.
    package static func decode(_ text: some StringProtocol) -> [Pair]? {
        var pairs: [Pair] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = unescape(halves[0], plusIsSpace: true),
                let value = halves.count == 2 ? unescape(halves[1], plusIsSpace: true) : ""
            else { return nil }
            pairs.append(Pair(name: name, value: value))
        }
        return pairs
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986 §2.3.
    package static func escape(_ text: String) -> String {
        var output = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII,
                scalar.properties.isAlphabetic || "0123456789-._~".contains(Character(scalar))
            {
                output.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                output += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return output
    }

    /// Nil when an escape is cut off or not hexadecimal, or the bytes are not UTF-8.
    package static func unescape(
        _ text: some Collection<UInt8>, plusIsSpace: Bool = false
    ) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue),
                    let low = rest.popFirst().flatMap(hexValue)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
