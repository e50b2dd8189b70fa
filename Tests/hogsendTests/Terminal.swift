import Engine
import Foundation

/// A program on a terminal of its own, with what it showed.
final class Terminal: Sendable {
    private let leader: Int32
    /// Open beside the program's own where it is looked at what that leaves unread.
    private let follower: Int32?
    private let program: RunningTerminalProgram
    private let shown = Locked("")

    struct NoTerminal: Error {}

    // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), macros that Swift does not import.
    private static let unlock: UInt = 0x4004_5431
    private static let followerNumber: UInt = 0x8004_5430

    init(_ program: Program, isLookedAfter: Bool = false) throws {
        leader = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (unlocked, number) = (Int32(0), UInt32(0))
        guard leader >= 0, ioctl(leader, Self.unlock, &unlocked) == 0,
            ioctl(leader, Self.followerNumber, &number) == 0
        else { throw NoTerminal() }
        let follower = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard follower >= 0 else { throw NoTerminal() }
        self.program = try RunningTerminalProgram(program, on: follower)
        self.follower = isLookedAfter ? follower : nil
        if !isLookedAfter { close(follower) }
        let (leader, shown) = (leader, shown)
        // Ends with the terminal: reading fails once the program and its descriptor are gone.
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = read(leader, &bytes, bytes.count), count > 0 {
                let text = String(decoding: bytes.prefix(count), as: UTF8.self)
                shown.withLock { $0 += text }
            }
        }
    }

    deinit {
        if let follower { close(follower) }
        close(leader)
    }

    /// How many bytes of whole lines were typed and not read; -1 when nobody looks after it.
    var unread: Int32 {
        var count: Int32 = 0
        return ioctl(follower ?? -1, UInt(FIONREAD), &count) == 0 ? count : -1
    }

    /// Everything shown so far, escapes included.
    var screen: String { shown.withLock { $0 } }

    /// Whether it shows what is typed.
    var isEchoing: Bool {
        var settings = termios()
        return tcgetattr(leader, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    func type(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(leader, $0.baseAddress, $0.count) }
    }

    /// Waits until `text` is shown.
    func wait(for text: String, within limit: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now + limit
        while !screen.contains(text) {
            guard ContinuousClock.now < deadline else { throw Missing(text: text, screen: screen) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    struct Missing: Error {
        let text: String
        let screen: String
    }

    func end(within limit: Duration = .seconds(10)) async -> Int32 {
        await program.end(within: limit)
    }
    func signal(_ number: Int32) { kill(program.identifier, number) }
}

/// The process behind a terminal.
final class RunningTerminalProgram: Sendable {
    private let process: Process
    private let ended = Promise<Int32>()

    init(_ program: Program, on descriptor: Int32) throws {
        process = Process()
        process.executableURL = program.executable
        process.arguments = program.arguments
        process.environment = Program.baseEnvironment.merging(program.environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: program.folder)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        process.terminationHandler = { [ended] in ended.settle($0.terminationStatus) }
        try process.run()
    }

    var identifier: Int32 { process.processIdentifier }

    func end(within limit: Duration) async -> Int32 {
        if let status = await ended.value(within: limit) { return status }
        kill(identifier, SIGKILL)
        return -1
    }
}
