import Engine

#if canImport(Glibc)
    import Glibc
    private let systemRead = Glibc.read
#else
    import Darwin
    private let systemRead = Darwin.read
#endif

/// Input that may be long in coming: read on a thread that may block, and given up when the task is
/// cancelled.
enum PatientInput {
    private static let pollMilliseconds: Int32 = 100

    /// Everything that a file, a pipe or, for `-`, stdin holds; nil when it cannot be read, is
    /// larger than `limit`, or the task is cancelled.
    static func read(_ path: String, atMost limit: Int) async -> Data? {
        await cancellable { cancelled in
            let descriptor =
                path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { if descriptor != STDIN_FILENO { close(descriptor) } }
            return readAll(descriptor, limit, cancelled)
        }
    }

    /// A line of stdin; nil at its end or when the task is cancelled.
    static func line() async -> String? {
        await cancellable { wait(for: STDIN_FILENO, $0) ? Swift.readLine() : nil }
    }

    private static func cancellable<Value: Sendable>(
        _ body: @escaping @Sendable (CancellationFlag) -> Value
    ) async -> Value {
        let cancelled = CancellationFlag()
        return await withTaskCancellationHandler {
            await BlockingCall.run { body(cancelled) }
        } onCancel: {
            cancelled.set()
        }
    }

    private static func readAll(
        _ descriptor: Int32, _ limit: Int, _ cancelled: CancellationFlag
    ) -> Data? {
        var (data, bytes) = (Data(), [UInt8](repeating: 0, count: 4096))
        while data.count <= limit, wait(for: descriptor, cancelled) {
            let count = systemRead(descriptor, &bytes, bytes.count)
            if count == 0 { return data }
            guard count > 0 else { return nil }
            data.append(contentsOf: bytes.prefix(count))
        }
        return nil
    }

    private static func wait(for descriptor: Int32, _ cancelled: CancellationFlag) -> Bool {
        var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !cancelled.isSet {
            if poll(&input, 1, pollMilliseconds) > 0 { return true }
        }
        return false
    }
}
