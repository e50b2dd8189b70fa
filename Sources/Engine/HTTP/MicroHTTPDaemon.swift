import CMicroHTTPD

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One listening socket, served by libmicrohttpd on a thread of ours.
///
/// A daemon with a thread of its own ends the process when it is stopped, or told to accept no
/// more, in the middle of the wrong turn: over a malformed request, for one.
// Unchecked: once it runs, all calls on the pointer come from the daemon's thread.
final class MicroHTTPDaemon: @unchecked Sendable {
    private enum Phase { case serving, draining, stopping }

    let limits: MicroHTTPServer.Limits
    let room: BodyRoom
    let handler: RequestHandler
    let counters: [RequestCounter]
    let answers: CounterAnswers
    let running: RunningRequests
    private let descriptor: Int32
    let executor: DaemonExecutor
    private let pipe: WakePipe
    private var pointer: OpaquePointer?
    private let phase = Locked(Phase.serving)
    private let ended = Promise<Void>()
    private var deadlines: ConnectionDeadlines
    private var screen: ConnectionScreen?

    init?(
        on socket: ListeningSocket, limits: MicroHTTPServer.Limits, room: BodyRoom,
        running: RunningRequests, counters: [RequestCounter], handler: @escaping RequestHandler
    ) {
        guard let pipe = WakePipe() else { return nil }
        self.pipe = pipe
        executor = DaemonExecutor(pipe)
        answers = CounterAnswers(pipe)
        self.counters = counters
        self.limits = limits
        self.room = room
        self.running = running
        self.handler = handler
        descriptor = socket.descriptor
        deadlines = ConnectionDeadlines(limit: limits.requestTime)
        screen = limits.screenedOnTLS.map {
            ConnectionScreen(headBytes: limits.headerBytes, onTLS: $0)
        }
        if screen != nil { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        pointer = hogsend_mhd_start(
            screen == nil ? descriptor : -1, limits.connections, limits.idleSeconds,
            limits.headerBytes,
            Unmanaged.passUnretained(self).toOpaque(), exchangeBegins, exchangeContinues,
            exchangeEnds, connectionChanges)
        if pointer == nil { return nil }
    }

    /// Serves until it is stopped, and is held by its thread as long.
    func run() {
        OwnThread.start { [self] in
            while phase.withLock({ $0 }) == .serving { turn() }
            screen?.closeAll()
            screen = nil
            MHD_quiesce_daemon(pointer)
            while phase.withLock({ $0 }) == .draining { turn() }
            end()
            ended.settle(())
        }
    }

    private func turn() {
        var waiting = [hogsend_mhd_epoll_descriptor(pointer), pipe.readEnd]
        if let screen { waiting += [descriptor] + screen.descriptors }
        let readable = Self.wait(for: waiting, milliseconds: executor.mayRest() ? sleep : 0)
        if readable.contains(pipe.readEnd) { pipe.clear() }
        executor.runReady()
        sendAnswers()
        if readable.contains(descriptor) { screen?.accept(from: descriptor) }
        for admitted in screen?.admitted(readable: readable) ?? [] {
            hogsend_mhd_add(pointer, admitted)
        }
        MHD_run(pointer)
        var late = deadlines.overdue()
        if screen != nil { late += deadlines.oldest(but: ConnectionScreen.mostAdmitted) }
        for connection in late {
            shutdown(hogsend_mhd_connection_descriptor(connection), Int32(SHUT_RDWR))
        }
    }

    /// The log says it before the client knows.
    private func sendAnswers() {
        let ready = answers.taken()
        if ready.isEmpty { return }
        limits.onAnswers(ready.compactMap { $0.exchange.record($0.response) })
        for (exchange, response) in ready { exchange.goOn(with: response) }
        running.answer(ready.count)
    }

    /// Where requests for that target are taken.
    func counter(for target: UnsafePointer<CChar>) -> RequestCounter? {
        counters.first { strcmp(target, $0.target) == 0 }
    }

    /// The soonest of what libmicrohttpd, the deadlines and the screen have to do; -1 for nothing.
    private var sleep: Int32 {
        var milliseconds: UInt64 = 0
        let isLimited = MHD_get_timeout(pointer, &milliseconds) == .YES
        let times = [
            isLimited ? Int32(clamping: milliseconds) : -1, deadlines.sleep, screen?.sleep ?? -1,
        ]
        return times.filter { $0 >= 0 }.min() ?? -1
    }

    private static func wait(for descriptors: [Int32], milliseconds: Int32) -> Set<Int32> {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&polled, nfds_t(polled.count), milliseconds)
        return Set(polled.filter { $0.revents != 0 }.map(\.fd))
    }

    /// The client must get on with its request, or with taking its answer.
    func expectProgress(on connection: OpaquePointer) { deadlines.start(connection) }

    /// The client waits for us, or is gone.
    func expectNothing(of connection: OpaquePointer) { deadlines.stop(connection) }

    /// On the daemon's thread, which serves the connection before it rests again.
    func resumeInTurn(_ connection: OpaquePointer) {
        MHD_resume_connection(connection)
    }

    /// The one call on a connection that may come from any thread.
    func resume(_ connection: OpaquePointer) {
        MHD_resume_connection(connection)
        pipe.wake()
    }

    /// Refuses new connections from now on.
    func drain() {
        phase.withLock { phase in
            guard phase == .serving else { return }
            phase = .draining
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
        pipe.wake()
    }

    /// Closes every connection; none of them may be suspended.
    func stop() async {
        phase.withLock { $0 = .stopping }
        pipe.wake()
        await ended.value
    }

    /// The end of one that ran, or never did.
    func end() {
        MHD_quiesce_daemon(pointer)
        MHD_stop_daemon(pointer)
        close(descriptor)
    }
}

// MARK: - Callbacks, on the daemon's thread

private func connectionChanges(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ unused: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ change: MHD_ConnectionNotificationCode
) {
    guard let context, let connection else { return }
    let daemon = Unmanaged<MicroHTTPDaemon>.fromOpaque(context).takeUnretainedValue()
    switch change {
    case .CONNECTION_NOTIFY_STARTED: daemon.expectProgress(on: connection)
    default: daemon.expectNothing(of: connection)
    }
}

/// The request line was read; the raw target is not to be had later.
private func exchangeBegins(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?,
    _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context, let target else { return nil }
    let daemon = Unmanaged<MicroHTTPDaemon>.fromOpaque(context).takeUnretainedValue()
    let counter = daemon.counter(for: target)
    let exchange = MicroHTTPExchange(
        daemon, target: counter?.target ?? String(cString: target), counter)
    return Unmanaged.passRetained(exchange).toOpaque()
}

private func exchangeContinues(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ bytes: UnsafePointer<CChar>?,
    _ count: UnsafeMutablePointer<Int>?,
    _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let connection, let count, let method, let pointer = exchange?.pointee else { return .NO }
    let exchange = Unmanaged<MicroHTTPExchange>.fromOpaque(pointer).takeUnretainedValue()
    let chunk = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count.pointee)
    count.pointee = 0
    return exchange.proceed(connection, method: String(cString: method), chunk: chunk)
}

private func exchangeEnds(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ reason: MHD_RequestTerminationCode
) {
    guard let pointer = exchange?.pointee else { return }
    exchange?.pointee = nil
    if let connection { expectNextRequest(on: connection, reason, context) }
    Unmanaged<MicroHTTPExchange>.fromOpaque(pointer).takeRetainedValue().end()
}

/// Only an answer that went out whole leaves a connection that may bring another request.
private func expectNextRequest(
    on connection: OpaquePointer, _ reason: MHD_RequestTerminationCode,
    _ context: UnsafeMutableRawPointer?
) {
    guard let context, reason == .REQUEST_TERMINATED_COMPLETED_OK else { return }
    Unmanaged<MicroHTTPDaemon>.fromOpaque(context).takeUnretainedValue()
        .expectProgress(on: connection)
}
