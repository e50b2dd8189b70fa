#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Accepted sockets that have not sent a whole request head yet.
///
/// A server on a known port of the loopback must answer one right request whatever else connects:
/// a socket reaches libmicrohttpd, and takes one of its places, once its request head is there.
/// When too many wait, the one that has waited longest is closed. Belongs to the daemon's thread.
struct ConnectionScreen {
    private static let mostWaiting = 256
    /// How many may keep libmicrohttpd waiting for their part all the same.
    ///
    /// Some heads that end here do not end for it. Beside these it has places for all that are
    /// admitted in one turn.
    static let mostAdmitted = 64
    private static let mostAccepted = 1024
    private static let patience = Duration.seconds(10)
    private static let tlsHandshake: UInt8 = 0x16

    private struct Candidate {
        let descriptor: Int32
        let since: ContinuousClock.Instant
        /// How many bytes were there when it was last looked at.
        var seen = 0
    }

    /// The longest head that is waited for; a longer one is left to libmicrohttpd to refuse.
    let headBytes: Int
    /// Called when a client begins a TLS handshake.
    let onTLS: @Sendable () -> Void
    private var waiting: [Candidate] = []

    init(headBytes: Int, onTLS: @escaping @Sendable () -> Void) {
        self.headBytes = headBytes
        self.onTLS = onTLS
    }

    /// What to poll for input, oldest first.
    var descriptors: [Int32] { waiting.map(\.descriptor) }

    /// How long the daemon may sleep, in milliseconds.
    var sleep: Int32 { waiting.isEmpty ? -1 : 1000 }

    /// Takes every connection that is there.
    mutating func accept(from listener: Int32) {
        for _ in 0..<Self.mostAccepted {
            let descriptor = acceptConnection(listener)
            guard descriptor >= 0 else {
                // Out of descriptors: the oldest gives its own up.
                if [EMFILE, ENFILE].contains(errno), !waiting.isEmpty { evictOldest() }
                return
            }
            if waiting.count >= Self.mostWaiting { evictOldest() }
            waiting.append(Candidate(descriptor: descriptor, since: .now))
        }
    }

    /// Those whose head is there, which the caller owns from now on; the dead and the late are
    /// closed.
    mutating func admitted(readable: Set<Int32>) -> [Int32] {
        var (admitted, kept): ([Int32], [Candidate]) = ([], [])
        let now = ContinuousClock.now
        for var candidate in waiting {
            let isReadable = readable.contains(candidate.descriptor)
            switch isReadable ? inspect(&candidate) : .wait {
            case .admit: admitted.append(candidate.descriptor)
            case .wait where now - candidate.since <= Self.patience: kept.append(candidate)
            case .wait, .close: close(candidate.descriptor)
            }
        }
        waiting = kept
        return admitted
    }

    mutating func closeAll() {
        for candidate in waiting { close(candidate.descriptor) }
        waiting = []
    }

    private mutating func evictOldest() {
        close(waiting.removeFirst().descriptor)
    }

    // MARK: One socket

    private enum Inspection { case admit, wait, close }

    private func inspect(_ candidate: inout Candidate) -> Inspection {
        let descriptor = candidate.descriptor
        var bytes = [UInt8](repeating: 0, count: headBytes)
        let count = recv(descriptor, &bytes, bytes.count, Self.peek)
        guard count > 0 else { return count < 0 && errno == EAGAIN ? .wait : .close }
        // Readable without a new byte: the client will send no more, and poll would never rest.
        guard count > candidate.seen else { return .close }
        candidate.seen = count
        if bytes[0] == Self.tlsHandshake {
            onTLS()
            return .close
        }
        let isWhole = count == headBytes || Self.endsHead(bytes[..<count])
        // Polling wakes for the next byte that comes, not for those that were seen.
        setLowWaterMark(descriptor, isWhole ? 1 : count + 1)
        return isWhole ? .admit : .wait
    }

    private static func endsHead(_ bytes: ArraySlice<UInt8>) -> Bool {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // What stands behind the last line feed is no line yet. Empty ones before the request line
        // are skipped by libmicrohttpd, which would wait on for the request.
        return lines.dropLast().drop(while: isEmpty).contains(where: isEmpty)
    }

    private static func isEmpty(_ line: ArraySlice<UInt8>) -> Bool {
        line.isEmpty || line.elementsEqual([0x0D])
    }

    private func setLowWaterMark(_ descriptor: Int32, _ count: Int) {
        var mark = Int32(clamping: count)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVLOWAT, &mark, socklen_t(MemoryLayout<Int32>.size))
    }

    private func acceptConnection(_ listener: Int32) -> Int32 {
        let descriptor = Self.systemAccept(listener, nil, nil)
        guard descriptor >= 0 else { return descriptor }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    #if canImport(Glibc)
        private static let peek = Int32(MSG_PEEK | MSG_DONTWAIT)
        private static let systemAccept = Glibc.accept
    #else
        private static let peek = MSG_PEEK | MSG_DONTWAIT
        private static let systemAccept = Darwin.accept
    #endif
}
