import Engine
import Foundation

/// `Tests/Peers/postgresql/server.py`, which obeys lines and answers with lines.
final class ServerProcess: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ arguments: [String], from here: String = #filePath) throws {
        let script =
            URL(fileURLWithPath: here).deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Peers/postgresql/server.py"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func tell(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The rest of the next line, which must begin with `word`.
    func answer(_ word: String) async throws -> String {
        let reading = output.fileHandleForReading
        let line = await BlockingCall.run {
            var line = ""
            while let byte = try? reading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
                line.append(Character(Unicode.Scalar(byte)))
            }
            return line
        }
        guard line.hasPrefix(word) else { throw PostgresIsMissing() }
        return String(line.dropFirst(word.count))
    }

    func end() async {
        try? input.fileHandleForWriting.close()
        await BlockingCall.run { [self] in process.waitUntilExit() }
    }
}

/// The script has said why on stderr.
package struct PostgresIsMissing: Error, CustomStringConvertible {
    package let description =
        "the tests' PostgreSQL server did not start; run `Scripts/setup test`, which installs it"
}
