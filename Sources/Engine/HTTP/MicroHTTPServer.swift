import CMicroHTTPD

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// libmicrohttpd: one epoll thread for each listening socket.
// Unchecked: the daemons are started in the initialiser and stopped once, under the lock.
package final class MicroHTTPServer: @unchecked Sendable {
    package struct Limits: Sendable {
        /// The largest body for a path, in bytes; more is answered with 413.
        package var body: @Sendable (Substring) -> Int = { _ in 1 << 20 }
        package var connections: UInt32 = 512
        package var idleSeconds: UInt32 = 15
        /// Memory for one connection; request line and headers must fit in it (431 beyond).
        package var headerBytes = 32 << 10
        package init() {}
    }

    let limits: Limits
    let handler: RequestHandler
    let running = RunningRequests()
    package let ports: [UInt16]
    private let daemons = Locked<[Daemon]>([])

    // Unchecked: libmicrohttpd's own calls on a daemon are safe from any thread.
    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Takes the sockets over, also when it throws.
    package init(
        on sockets: [ListeningSocket], limits: Limits = Limits(),
        handler: @escaping RequestHandler
    ) throws(SocketError) {
        self.limits = limits
        self.handler = handler
        ports = sockets.map(\.port)
        for (index, socket) in sockets.enumerated() {
            guard let pointer = start(socket) else {
                for unused in sockets[index...] { unused.closeUnused() }
                stopDaemons()
                throw SocketError(address: "loopback", port: socket.port, number: 0)
            }
            daemons.withLock { $0.append(Daemon(pointer: pointer)) }
        }
    }

    private func start(_ socket: ListeningSocket) -> OpaquePointer? {
        hogsend_mhd_start(
            socket.descriptor, limits.connections, limits.idleSeconds, limits.headerBytes,
            Unmanaged.passUnretained(self).toOpaque(), exchangeBegins, exchangeContinues,
            exchangeEnds)
    }

    /// Takes no new connection, lets running requests end for `grace`, then closes everything.
    ///
    /// A connection that waits for its handler is suspended, and libmicrohttpd cannot stop with one:
    /// what still runs after the grace is cancelled and waited for.
    package func stop(grace: Duration = .seconds(10)) async {
        let descriptors = daemons.withLock { $0.map { MHD_quiesce_daemon($0.pointer) } }
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
        await running.drain(within: grace)
        await BlockingCall.run { self.stopDaemons() }
    }

    /// Stopping joins the daemon's thread, so no callback can come after it.
    private func stopDaemons() {
        let stopping = daemons.withLock { daemons in
            defer { daemons = [] }
            return daemons
        }
        for daemon in stopping { MHD_stop_daemon(daemon.pointer) }
    }
}

// MARK: - Callbacks, on the daemon's thread

/// The request line was read; the raw target is not to be had later.
private func exchangeBegins(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?,
    _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context, let target else { return nil }
    let server = Unmanaged<MicroHTTPServer>.fromOpaque(context).takeUnretainedValue()
    let exchange = MicroHTTPExchange(server, target: String(cString: target))
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
    ended.server.running.delivered(ended.dispatchID)
}
