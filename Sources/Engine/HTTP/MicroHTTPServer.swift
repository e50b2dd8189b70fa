/// Listening sockets that libmicrohttpd serves, a thread for each, until it is stopped.
package final class MicroHTTPServer: Sendable {
    package struct Limits: Sendable {
        /// The largest body for a path, in bytes; more is answered with 413.
        package var body: @Sendable (Substring) -> Int = { _ in 1 << 20 }
        /// How many bytes of bodies all connections may hold at once; more is answered with 503, but
        /// for bodies that are small.
        package var bodies = 64 << 20
        package var smallBody = 64 << 10
        package var connections: UInt32 = 512
        package var idleSeconds: UInt32 = 15
        /// Memory for one connection; request line and headers must fit in it (431 beyond).
        ///
        /// libmicrohttpd clears all of it after each request.
        package var headerBytes = 16 << 10
        /// A request must be whole this long after its connection, or the answer before it, was.
        package var requestTime = Duration.seconds(30)
        /// Set for a server that a flood of connections must not starve: they are then screened,
        /// and this is called when a client tries TLS.
        package var screenedOnTLS: (@Sendable () -> Void)?
        /// Told of what is answered without a handler: the method and the status.
        package var onRefusal: @Sendable (String, Int) -> Void = { _, _ in }
        /// Told of what counters answered, one turn's at a time.
        package var onAnswers: @Sendable ([CounterRecord]) -> Void = { _ in }
        package init() {}
    }

    package let ports: [UInt16]
    private let running = RunningRequests()
    private let daemons: [MicroHTTPDaemon]

    /// Takes the sockets over, also when it throws.
    ///
    /// What no counter takes is the handler's.
    package init(
        on sockets: [ListeningSocket], limits: Limits = Limits(), counters: [RequestCounter] = [],
        handler: @escaping RequestHandler
    ) throws(SocketError) {
        ports = sockets.map(\.port)
        let room = BodyRoom(limit: limits.bodies, smallBody: limits.smallBody)
        var started: [MicroHTTPDaemon] = []
        for (index, socket) in sockets.enumerated() {
            guard
                let daemon = MicroHTTPDaemon(
                    on: socket, limits: limits, room: room, running: running,
                    counters: counters, handler: handler)
            else {
                for daemon in started { daemon.end() }
                for unused in sockets[index...] { unused.closeUnused() }
                throw SocketError(address: "loopback", port: socket.port, number: 0)
            }
            started.append(daemon)
        }
        daemons = started
        for daemon in daemons { daemon.run() }
    }

    /// Takes no new connection, lets running requests end for `grace`, then closes everything.
    ///
    /// A connection that waits for its handler is suspended, and libmicrohttpd cannot stop with one:
    /// what still runs after the grace is cancelled and waited for.
    package func stop(grace: Duration = .seconds(10)) async {
        for daemon in daemons { daemon.drain() }
        await running.drain(within: grace)
        for daemon in daemons { await daemon.stop() }
    }
}
