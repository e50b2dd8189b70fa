/// A body that is written while its client reads it.
///
/// Its writer is held back when the client is slow; it ends when either side ends it, or with the
/// server.
package final class ResponseStream: Sendable, Equatable {
    private struct State {
        var bytes: [UInt8] = []
        /// How many of the bytes are read.
        var start = 0
        var unread: Int { bytes.count - start }
        var isOver = false
        /// Set while the connection waits for bytes.
        var wake: (@Sendable () -> Void)?
        /// Set while the writer waits for room.
        var room: CheckedContinuation<Void, Never>?

        /// Moves what is left only when it is less than what was read.
        mutating func drop(_ count: Int) {
            start += count
            guard start > bytes.count / 2 else { return }
            bytes.removeFirst(start)
            start = 0
        }
    }

    private static let mostBuffered = 256 << 10

    private let state = Locked(State())

    package init() {}

    package static func == (left: ResponseStream, right: ResponseStream) -> Bool { left === right }

    /// Whether anybody may still read what is written.
    package var isOver: Bool { state.withLock { $0.isOver } }

    /// Waits while much is unread; false when nobody will read any more.
    package func write(_ text: String) async -> Bool {
        await withCheckedContinuation { continuation in
            let (wake, mayGoOn) = state.withLock { state in
                guard !state.isOver else { return (nil as (@Sendable () -> Void)?, true) }
                state.bytes += text.utf8
                let mayGoOn = state.unread < Self.mostBuffered
                if !mayGoOn { state.room = continuation }
                defer { state.wake = nil }
                return (state.wake, mayGoOn)
            }
            wake?()
            if mayGoOn { continuation.resume() }
        }
        return !isOver
    }

    /// No more is written or read; what was written is still read, unless the client is gone.
    package func end() {
        let (wake, room) = state.withLock { state in
            state.isOver = true
            defer { (state.wake, state.room) = (nil, nil) }
            return (state.wake, state.room)
        }
        wake?()
        room?.resume()
    }

    // MARK: On the daemon's thread

    enum Reading: Equatable {
        case bytes(Int)
        case later
        case end
    }

    /// Takes what is there; else `suspend` is called before any `wake` can be.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, suspend: () -> Void,
        wake: @escaping @Sendable () -> Void
    ) -> Reading {
        let (reading, room) = state.withLock { state in
            guard state.unread > 0 else {
                if state.isOver { return (Reading.end, nil as CheckedContinuation<Void, Never>?) }
                suspend()
                state.wake = wake
                return (.later, nil)
            }
            let count = min(buffer.count, state.unread)
            buffer.copyBytes(from: state.bytes[state.start...].prefix(count))
            state.drop(count)
            guard state.unread < Self.mostBuffered else { return (.bytes(count), nil) }
            defer { state.room = nil }
            return (.bytes(count), state.room)
        }
        room?.resume()
        return reading
    }
}
