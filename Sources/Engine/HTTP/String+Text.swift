extension StringProtocol {
    /// The text without spaces, tabs and line ends around it.
    package func trimmingWhitespace() -> String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// A stranger's text, fit for a terminal and a log.
    ///
    /// It is one line without control characters (which takes the start of every escape sequence)
    /// and text-direction marks, of at most `limit` characters.
    public func sanitized(limit: Int = 300) -> String {
        if utf8.count <= limit, isPlainWord { return String(self) }
        let visible = unicodeScalars.lazy.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                " "
            default: Character(scalar)
            }
        }
        let words = String(visible.prefix(limit * 4)).split(whereSeparator: \.isWhitespace)
        return String(words.joined(separator: " ").prefix(limit))
    }

    /// The text as one segment of a path or one value of a query: all but the unreserved
    /// characters of RFC 3986 §2.3 are percent-encoded.
    public var percentEncoded: String { FormURLEncoding.escape(String(self)) }

    /// Whether there is nothing in it but visible ASCII.
    private var isPlainWord: Bool { utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
