import CMicroHTTPD
import Dispatch

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
    let handler: RequestHandler
    let running: RunningRequests
    private let descriptor: Int32
    private let pipe: WakePipe
    private var pointer: OpaquePointer?
    private let phase = Locked(Phase.serving)
    private let ended = Promise<Void>()

    init?(
        on socket: ListeningSocket, limits: MicroHTTPServer.Limits, running: RunningRequests,
        handler: @escaping RequestHandler
    ) {
        guard let pipe = WakePipe() else { return nil }
        self.pipe = pipe
        self.limits = limits
        self.running = running
        self.handler = handler
        descriptor = socket.descriptor
        pointer = hogsend_mhd_start(
            socket.descriptor, limits.connections, limits.idleSeconds, limits.headerBytes,
            Unmanaged.passUnretained(self).toOpaque(), exchangeBegins, exchangeContinues,
            exchangeEnds)
        if pointer == nil { return nil }
    }

    /// Serves until it is stopped, and is held by its thread as long.
    func run() {
        DispatchQueue(label: "hogsend.http").async { [self] in
            while phase.withLock({ $0 }) == .serving { turn() }
            MHD_quiesce_daemon(pointer)
            while phase.withLock({ $0 }) == .draining { turn() }
            end()
            ended.settle(())
        }
    }

    private func turn() {
        var milliseconds: UInt64 = 0
        let isLimited = MHD_get_timeout(pointer, &milliseconds) == .YES
        let events = Int16(POLLIN)
        var waiting = [
            pollfd(fd: hogsend_mhd_epoll_descriptor(pointer), events: events, revents: 0),
            pollfd(fd: pipe.readEnd, events: events, revents: 0),
        ]
        poll(&waiting, 2, isLimited ? Int32(clamping: milliseconds) : -1)
        if waiting[1].revents != 0 { pipe.clear() }
        MHD_run(pointer)
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

/// The request line was read; the raw target is not to be had later.
private func exchangeBegins(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?,
    _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context, let target else { return nil }
    let daemon = Unmanaged<MicroHTTPDaemon>.fromOpaque(context).takeUnretainedValue()
    let exchange = MicroHTTPExchange(daemon, target: String(cString: target))
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
    let ended = Unmanaged<MicroHTTPExchange>.fromOpaque(pointer).takeRetainedValue()
    ended.daemon.running.delivered(ended.dispatchID)
}
