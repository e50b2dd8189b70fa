#if canImport(Glibc)
    import Glibc
    private let systemWrite = Glibc.write
#else
    import Darwin
    private let systemWrite = Darwin.write
#endif

/// One line of JSON on stderr for each thing worth knowing.
package struct Log: Sendable {
    package enum Level: String, Sendable { case info, warning, error }

    package enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case text(String)
        case integer(Int)
        case number(Double)
        package init(stringLiteral value: String) { self = .text(value) }
        package init(integerLiteral value: Int) { self = .integer(value) }
    }

    private let write: @Sendable (String) -> Void

    package init(write: @escaping @Sendable (String) -> Void = Log.standardError) {
        self.write = write
    }

    package func callAsFunction(
        _ level: Level = .info, _ event: String, _ fields: KeyValuePairs<String, Value> = [:]
    ) {
        var line = #"{"time":"\#(Date().iso8601)","level":"\#(level.rawValue)","event":"\#(event)""#
        for (name, value) in fields { line += ",\"\(name)\":\(Self.json(value))" }
        write(line + "}\n")
    }

    private static func json(_ value: Value) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .text(let text):
            "\"\(escape(text.sanitized()))\""
        }
    }

    /// Control characters are gone by now; quotes and backslashes are left.
    ///
    /// By scalars: to Swift, a quote with an accent on it is one character that is no quote.
    private static func escape(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { output, scalar in
            if scalar == "\"" || scalar == "\\" { output += "\\" }
            output.unicodeScalars.append(scalar)
        }
    }

    /// Unbuffered, and whole: lines of several threads do not mix below the pipe's atomic size.
    package static func standardError(_ line: String) {
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(2, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
