import Engine
import Foundation

/// A built program of this package, run as a process of its own.
struct Program {
    let name: String
    var arguments: [String] = []
    /// Nothing of the test's own environment reaches it but what is named here.
    var environment: [String: String] = [:]
    /// What it reads; nil keeps its input open until ``RunningProgram/closeInput()``.
    var input: String? = ""
    var folder: String = NSTemporaryDirectory()

    struct Ended: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// Stdout as the one JSON document that `--json` promises.
        var document: JSONValue? {
            let lines = output.split(separator: "\n")
            return lines.count == 1 ? JSONValue(decoding: Data(lines[0].utf8)) : nil
        }
    }

    /// Where the test bundle was built, the programs were too.
    static let buildFolder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    static let baseEnvironment = sanitizers.merging([
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "SWIFT_BACKTRACE": "enable=no",
    ]) { $1 }

    /// What `Scripts/sanitize` tells the sanitizers counts for the programs, too.
    private static let sanitizers = ProcessInfo.processInfo.environment
        .filter { $0.key.hasSuffix("SAN_OPTIONS") }

    static func path(_ name: String) -> String { "\(buildFolder)/\(name)" }

    /// One of this package, unless the name is a path.
    var executable: URL { URL(fileURLWithPath: name.hasPrefix("/") ? name : Self.path(name)) }

    /// Runs to the end; a program that does not end in time is killed, and its status says so.
    func run(within limit: Duration = .seconds(30)) async throws -> Ended {
        let running = try start()
        return await running.end(within: limit)
    }

    func start() throws -> RunningProgram {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = Self.baseEnvironment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        return try RunningProgram(process, input: input)
    }
}

/// A process that was started, with what it has written so far.
final class RunningProgram: Sendable {
    private struct Written {
        var output = Data()
        var errors = Data()
        var open = 2
    }

    private let process: Process
    private let written = Locked(Written())
    private let ended = Promise<Int32>()
    private let closed = Promise<Void>()

    private let input = Pipe()

    init(_ process: Process, input text: String?) throws {
        self.process = process
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = input
        process.terminationHandler = { [ended] in
            ended.settle(
                $0.terminationReason == .exit ? $0.terminationStatus : 128 + $0.terminationStatus)
        }
        try process.run()
        read(output, isErrors: false)
        read(errors, isErrors: true)
        guard let text else { return }
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        closeInput()
    }

    func closeInput() { try? input.fileHandleForWriting.close() }

    var identifier: Int32 { process.processIdentifier }
    var output: String { written.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var errors: String { written.withLock { String(decoding: $0.errors, as: UTF8.self) } }
    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func end(within limit: Duration) async -> Program.Ended {
        let status = await ended.value(within: limit)
        if status == nil {
            signal(SIGKILL)
            _ = await ended.value(within: .seconds(5))
        }
        _ = await closed.value(within: .seconds(2))
        return Program.Ended(status: status ?? -1, output: output, errors: errors)
    }

    /// Waits until `find` finds something in what was written.
    func wait<Value: Sendable>(
        within limit: Duration = .seconds(20), for find: @Sendable (RunningProgram) -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let value = find(self) { return value }
            guard isRunning else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        if let value = find(self) { return value }
        throw Missing(output: output, errors: errors)
    }

    struct Missing: Error {
        let output: String
        let errors: String
    }

    /// On a thread of its own: Foundation's readability handlers race with the closing of a pipe.
    private func read(_ pipe: Pipe, isErrors: Bool) {
        let (written, closed) = (written, closed)
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 16_384)
            let descriptor = pipe.fileHandleForReading.fileDescriptor
            while case let count = Foundation.read(descriptor, &bytes, bytes.count), count > 0 {
                written.withLock { written in
                    if isErrors {
                        written.errors.append(contentsOf: bytes.prefix(count))
                    } else {
                        written.output.append(contentsOf: bytes.prefix(count))
                    }
                }
            }
            let isLast = written.withLock { written in
                written.open -= 1
                return written.open == 0
            }
            if isLast { closed.settle(()) }
        }
    }
}
