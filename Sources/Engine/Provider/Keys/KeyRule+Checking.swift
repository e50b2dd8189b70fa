extension KeyRule {
    /// What is wrong with a value, as what stands behind "must"; nil when nothing is.
    ///
    /// It tells the rule and nothing of the value.
    package func demand(of value: String) -> String? {
        guard length.contains(value.utf8.count) else { return lengthInWords }
        guard let rest = rest(of: value) else {
            return "begin with \(prefixes.map { "'\($0)'" }.joined(separator: " or "))"
        }
        guard !rest.isEmpty, rest.allSatisfy(alphabet.holds) else {
            let place = prefixes.isEmpty ? "" : " behind its beginning"
            return "hold nothing but \(alphabet.inWords)\(place)"
        }
        return nil
    }

    /// What a value must look like, as parts of a sentence for a reference page.
    package var words: String {
        let beginning =
            prefixes.isEmpty
            ? [] : ["begins with \(prefixes.map { "'\($0)'" }.joined(separator: " or "))"]
        return (beginning + [alphabet.inWords, charactersInWords]).joined(separator: "; ")
    }

    /// The longest of the prefixes that a value begins with.
    package func prefix(of value: String) -> String? {
        prefixes.filter { value.utf8.starts(with: $0.utf8) }.max { $0.utf8.count < $1.utf8.count }
    }

    private func rest(of value: String) -> Substring.UTF8View? {
        if prefixes.isEmpty { return Substring(value).utf8 }
        return prefix(of: value).map { Substring(value).utf8.dropFirst($0.utf8.count) }
    }

    private var lengthInWords: String { "have \(charactersInWords)" }

    private var charactersInWords: String {
        length.lowerBound == length.upperBound
            ? "\(length.lowerBound) characters"
            : "\(length.lowerBound) to \(length.upperBound) characters"
    }
}

extension KeyRule.Alphabet {
    /// By bytes, so that nothing but ASCII ever passes, and what passes fits a header.
    fileprivate func holds(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
            self != .digits
        case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "G")...UInt8(ascii: "Z"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            self == .token || self == .printable
        default: self == .printable && (0x21...0x7E).contains(byte)
        }
    }

    fileprivate var inWords: String {
        switch self {
        case .printable: "visible ASCII characters, without spaces"
        case .digits: "digits"
        case .hex: "hexadecimal digits"
        case .token: "letters, digits and '-', '_', '.'"
        }
    }
}
