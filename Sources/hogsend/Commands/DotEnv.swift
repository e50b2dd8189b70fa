import Engine

/// A `.env` file: `NAME=value` lines, `export` allowed, quotes taken off, `#` begins a comment.
enum DotEnv {
    static func parse(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let (name, value) = pair(line), variables[name] == nil else { continue }
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
        return text.replacing(/\s+#.*$/, with: "")
    }

    /// The file of the working directory, when there is one of at most 64 KiB.
    static func ofWorkingDirectory() -> [String: String] {
        guard let data = FileManager.default.contents(atPath: ".env"), data.count <= 64 << 10,
            let text = String(validating: data, as: UTF8.self)
        else { return [:] }
        return parse(text)
    }
}
