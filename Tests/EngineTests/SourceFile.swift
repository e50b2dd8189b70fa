import Engine
import Testing

/// A Swift file of this package, as a text that rules can be held against.
struct SourceFile: Sendable {
    /// From the package's folder on.
    let path: String
    let text: String
    /// The text with blanks for comments and for what stands between quotes.
    let code: String
    let lines: [Substring]
    let codeLines: [Substring]
    /// Every word of the code that is not a member of something.
    let names: Set<String>

    /// The folder of Sources/Engine that holds it.
    var room: String? {
        let parts = path.split(separator: "/")
        return parts.count > 3 && parts[1] == "Engine" ? String(parts[2]) : nil
    }

    /// The folder of Sources/Providers that holds it.
    var provider: String? {
        let parts = path.split(separator: "/")
        return parts.count > 3 && parts[1] == "Providers" ? String(parts[2]) : nil
    }

    /// The types at the top level that other files see.
    var declaredTypes: Set<String> { types { $0.first != " " && !$0.contains("private ") } }

    /// Every type that is declared here, within another one or not.
    var ownTypes: Set<String> { types { _ in true } }

    private static let keywords: Set = [
        "struct", "class", "enum", "actor", "protocol", "typealias",
    ]

    private func types(where isMeant: (Substring) -> Bool) -> Set<String> {
        let declarations = codeLines.filter(isMeant).compactMap { line -> String? in
            let words = line.split { $0 == " " || $0 == ":" || $0 == "<" || $0 == "(" }
            guard let keyword = words.firstIndex(where: { Self.keywords.contains(String($0)) }),
                words.indices.contains(keyword + 1)
            else { return nil }
            return String(words[keyword + 1])
        }
        return Set(declarations)
    }

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = Self.code(of: text)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        codeLines = code.split(separator: "\n", omittingEmptySubsequences: false)
        names = Self.names(in: code)
    }

    /// Every Swift file below a folder of the package, which this file's own path leads to.
    static func all(under folder: String, from here: String = #filePath) throws -> [SourceFile] {
        let package = try #require(here.firstRange(of: "/Tests/EngineTests/")).lowerBound
        let root = here[..<package] + "/"
        return try FileManager.default.subpathsOfDirectory(atPath: root + folder)
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { path in
                let text = try String(contentsOfFile: root + folder + "/" + path, encoding: .utf8)
                return SourceFile(path: folder + "/" + path, text: text)
            }
    }

    private static func names(in code: String) -> Set<String> {
        var names: Set<String> = []
        var word: [UInt8] = []
        var before = UInt8(ascii: " ")
        for byte in Array(code.utf8) + [UInt8(ascii: " ")] {
            if isPartOfName(byte) {
                word.append(byte)
            } else {
                if !word.isEmpty, before != UInt8(ascii: ".") {
                    names.insert(String(decoding: word, as: UTF8.self))
                }
                word = []
                before = byte
            }
        }
        return names
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
            || (0x41...0x5A).contains(byte & 0xDF)
    }

    /// What opens something that is no code, what closes it, and whether a backslash escapes there.
    private static let blanks: [(open: [UInt8], close: [UInt8], isEscaping: Bool)] = [
        ("//", "\n", false), ("/*", "*/", false), ("\"\"\"", "\"\"\"", true), ("\"", "\"", true),
        ("#\"", "\"#", false), ("`", "`", false),
    ].map { (Array($0.utf8), Array($1.utf8), $2) }

    private static func code(of text: String) -> String {
        let bytes = Array(text.utf8)
        let newline = UInt8(ascii: "\n")
        var output: [UInt8] = []
        var index = 0
        func skip(_ count: Int) {
            let end = min(index + count, bytes.count)
            output += bytes[index..<end].map { $0 == newline ? newline : UInt8(ascii: " ") }
            index = end
        }
        while index < bytes.count {
            let byte = bytes[index]
            let blank =
                "/\"#`".utf8.contains(byte)
                ? blanks.first { bytes[index...].starts(with: $0.open) } : nil
            if let blank {
                skip(blank.open.count)
                while index < bytes.count, !bytes[index...].starts(with: blank.close) {
                    skip(blank.isEscaping && bytes[index] == UInt8(ascii: "\\") ? 2 : 1)
                }
                skip(blank.close.count)
            } else {
                output.append(byte)
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
