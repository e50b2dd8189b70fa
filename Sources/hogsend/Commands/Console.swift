import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The terminal, or what stands in for it: text for people, one document for programs.
struct Console: Sendable {
    /// One document on stdout and nothing else there.
    let isJSON: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    /// What stands on the terminal's last line, to be shown again below whatever comes between.
    private let unfinished = Locked("")

    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    /// Whether somebody can be asked.
    var canPrompt: Bool { !isJSON && isTerminal && isatty(STDIN_FILENO) == 1 }

    /// The frame and marks of the published transcript on a terminal, plain lines elsewhere.
    var style: Style { isTerminal ? .framed : .plain }

    enum Style: Sendable {
        case framed
        case plain
    }

    /// A line of prose for people: stdout, or stderr where stdout is for a document.
    func line(_ text: String = "") {
        put(text, on: isJSON ? STDERR_FILENO : STDOUT_FILENO)
    }

    private func put(_ text: String, on descriptor: Int32) {
        let pending = unfinished.withLock { $0 }
        guard !pending.isEmpty else { return Self.write(text + "\n", to: descriptor) }
        Self.write(Self.clearLine, to: STDOUT_FILENO)
        Self.write(text + "\n", to: descriptor)
        Self.write(pending, to: STDOUT_FILENO)
    }

    private static let clearLine = "\r\u{1B}[K"

    /// A part of a line that is finished later; only on a terminal.
    func pending(_ text: String) {
        guard !isJSON, isTerminal else { return }
        unfinished.withLock { $0 = text }
        Self.write(text, to: STDOUT_FILENO)
    }

    /// Takes the place of what `pending` wrote.
    func replacePending(_ text: String) {
        guard !isJSON else { return }
        unfinished.withLock { $0 = "" }
        Self.write((isTerminal ? Self.clearLine : "") + text + "\n", to: STDOUT_FILENO)
    }

    /// The one document of `--json`.
    func document(_ value: JSONValue) {
        document(text: String(decoding: value.encoded(), as: UTF8.self))
    }

    /// One that is written already, on one line.
    func document(text: String) {
        guard isJSON else { return }
        Self.write(text + "\n", to: STDOUT_FILENO)
    }

    /// A line about work that goes on; never on stdout.
    func progress(_ text: String) { put(text, on: STDERR_FILENO) }

    func warning(_ text: String) { put("warning: \(text)", on: STDERR_FILENO) }

    /// A refusal: a document for programs, two lines on stderr for people.
    func refusal(_ error: any ActionableError) {
        var document: [String: JSONValue] = [
            "ok": false, "verdict": .string(error.code), "error": .string(error.description),
            "hint": error.hint.map { .string($0) } ?? .null,
        ]
        let isStored = (error as? ConnectError)?.isCredentialStored
        document["credential"] = isStored.map { ["stored": .bool($0)] }
        if isJSON { return self.document(.object(document)) }
        Self.write("error: \(error.description)\n", to: STDERR_FILENO)
        if let hint = error.hint { Self.write("hint: \(hint)\n", to: STDERR_FILENO) }
    }

    /// Asks, and reads a line; nil at the end of input or when the task is cancelled.
    func readLine(_ question: String) async -> String? {
        Self.write(question, to: STDOUT_FILENO)
        return await PatientInput.line()
    }

    /// Whether stdout is a pipe, or a terminal, whose other end is closed.
    var isUnread: Bool {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&output, 1, 0) > 0 && output.revents & Int16(POLLERR | POLLHUP) != 0
    }

    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

#if canImport(Glibc)
    private let systemWrite = Glibc.write
#else
    private let systemWrite = Darwin.write
#endif
