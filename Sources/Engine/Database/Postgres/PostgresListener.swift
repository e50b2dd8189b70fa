#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection that only listens, on a thread of its own, for as long as the database is open.
final class PostgresListener: Sendable {
    static let channel = "hogsend_changes"
    private static let pauses = 0.1...5.0

    private let address: PostgresAddress
    private let listeners = ChangeListeners()
    private let wake: WakePipe?
    private let hasStarted = Locked(false)
    private let hasEnded = CancellationFlag()

    init(_ address: PostgresAddress) {
        self.address = address
        wake = WakePipe()
    }

    /// The first one starts the thread.
    func stream() -> AsyncStream<Void> {
        let isFirst = hasStarted.withLock { started in
            defer { started = true }
            return !started
        }
        if isFirst, !hasEnded.isSet { OwnThread.start { self.listenUntilEnd() } }
        return listeners.stream()
    }

    func end() {
        hasEnded.set()
        wake?.wake()
        listeners.end()
    }

    private func listenUntilEnd() {
        var pause = Self.pauses.lowerBound
        while !hasEnded.isSet {
            if listen() { pause = Self.pauses.lowerBound }
            rest(pause * .random(in: 0.5...1))
            pause = min(pause * 2, Self.pauses.upperBound)
        }
    }

    /// Listens until the connection breaks; answers whether there was one.
    ///
    /// What was published before the server knew of this listener was heard by nobody, so that one
    /// hint is given for it.
    private func listen() -> Bool {
        guard let connection = try? PostgresConnection(address), let wake,
            (try? connection.run([SQLStatement("LISTEN \(Self.channel)")])) != nil
        else { return false }
        repeat {
            listeners.tell()
        } while connection.waitForNotification(or: wake.readEnd) && !hasEnded.isSet
        return true
    }

    private func rest(_ seconds: Double) {
        guard let wake, !hasEnded.isSet else { return }
        var descriptor = pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, Int32(seconds * 1000))
    }
}
