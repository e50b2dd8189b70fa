import Engine

/// A `.env` file: `NAME=value` lines, `export` allowed, quotes taken off, `#` begins a comment; of
/// two lines for one name the last counts.
package enum DotEnv {
    package static func parse(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let (name, value) = pair(line) else { continue }
            variables[name] = value
        }
        return variables
    }

    private static func pair(_ line: Substring) -> (String, String)? {
        var text = line.trimmingWhitespace()
        if text.hasPrefix("export ") { text = text.dropFirst(7).trimmingWhitespace() }
        guard !text.hasPrefix("#"), let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals].trimmingWhitespace()
        guard !name.isEmpty,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { return nil }
        return (name, value(text[text.index(after: equals)...].trimmingWhitespace()))
    }

    /// Quoted text ends at its closing quote; other text at white space and a `#`.
    private static func value(_ text: String) -> String {
        if let quote = text.first, quote == "\"" || quote == "'" {
            let inner = text.dropFirst()
            guard let end = inner.firstIndex(of: quote) else { return text }
            return String(inner[..<end])
        }
        if text.hasPrefix("#") { return "" }
        let comment = zip(text.indices, text.indices.dropFirst())
            .first { text[$0].isWhitespace && text[$1] == "#" }
        return text[..<(comment?.0 ?? text.endIndex)].trimmingWhitespace()
    }

    /// The file of the working directory; nothing when there is none.
    static func ofWorkingDirectory() throws(ConfigurationError) -> [String: String] {
        guard let data = FileManager.default.contents(atPath: ".env") else { return [:] }
        guard data.count <= 64 << 10, let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError(
                "the file .env of this folder is larger than 64 KiB or not UTF-8",
                hint: "mend the file, or run this in another folder")
        }
        return parse(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    }
}
