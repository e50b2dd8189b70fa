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
        write(Self.opening(level, event, fields) + "}\n")
    }

    /// Lines that begin alike, written in as few pieces as whole lines fit into.
    package func together(
        _ level: Level, _ event: String, _ alike: KeyValuePairs<String, Value>,
        _ entries: [KeyValuePairs<String, Value>]
    ) {
        let opening = Self.opening(level, event, alike)
        var lines = ""
        lines.reserveCapacity(Self.atomicSize)
        for fields in entries {
            lines += opening
            Self.append(fields, to: &lines)
            lines += "}\n"
            if lines.utf8.count > Self.atomicSize - Self.roomyLine {
                write(lines)
                lines.removeAll(keepingCapacity: true)
            }
        }
        if !lines.isEmpty { write(lines) }
    }

    /// What a pipe takes whole.
    private static let atomicSize = 4096
    /// Longer than a line is.
    private static let roomyLine = 512

    /// A line up to its last field.
    private static func opening(
        _ level: Level, _ event: String, _ fields: KeyValuePairs<String, Value>
    ) -> String {
        var line = ""
        line.reserveCapacity(256)
        line += #"{"time":"\#(Date().iso8601)","level":"\#(level.rawValue)","event":"\#(event)""#
        append(fields, to: &line)
        return line
    }

    private static func append(_ fields: KeyValuePairs<String, Value>, to line: inout String) {
        for (name, value) in fields {
            line += ",\""
            line += name
            line += "\":"
            append(value, to: &line)
        }
    }

    private static func append(_ value: Value, to line: inout String) {
        switch value {
        case .integer(let number): line += String(number)
        case .number(let number): line += number.description
        case .text(let text):
            line += "\""
            line += escape(text.sanitized())
            line += "\""
        }
    }

    /// Control characters are gone by now; quotes and backslashes are left.
    ///
    /// By scalars: to Swift, a quote with an accent on it is one character that is no quote.
    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
        else { return text }
        return text.unicodeScalars.reduce(into: "") { output, scalar in
            if scalar == "\"" || scalar == "\\" { output += "\\" }
            output.unicodeScalars.append(scalar)
        }
    }

    /// Unbuffered, and whole: lines of several threads do not mix below the pipe's atomic size.
    package static func standardError(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let count = systemWrite(
                    2, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
