/// The redirect URI on this machine (RFC 8252 §7.3): waits for one answer, then closes.
///
/// It settles only on a GET of its own path, with its own Host and the right state. Everything else
/// is answered and forgotten.
package final class LoopbackReceiver: Sendable {
    /// What came to the port and is not the answer that is waited for.
    package enum Stray: Sendable {
        /// A callback whose state is wrong or missing.
        case state
        /// The right state at another path: an answer of another provider (RFC 8252 §8.10).
        case path
        /// The start of a TLS handshake.
        case tls
    }

    package let redirectURI: String
    package let port: UInt16
    private let server: MicroHTTPServer
    private let callback: LoopbackCallback

    /// Binds the first free one of `ports` on 127.0.0.1; an empty list takes any port, on the first
    /// of `addresses` that this machine has (RFC 8252 §7.3).
    ///
    /// With `isNamedLocalhost` the URI says `localhost`, and the port is bound on every one of
    /// `addresses` that this machine has: which of them a browser goes to, nobody knows (§8.3).
    ///
    /// `onStray` is told of each callback whose state or path is wrong, and of a browser that tries
    /// https.
    package init(
        ports: [UInt16], path: String, state: Secret,
        addresses: [ListeningSocket.Address] = [.loopbackIPv4, .loopbackIPv6],
        isNamedLocalhost: Bool = false, onStray: @escaping @Sendable (Stray) -> Void
    ) throws(OAuthError) {
        let (sockets, authority) =
            try isNamedLocalhost
            ? LocalhostSockets.open(ports, addresses) : Self.listen(ports, addresses)
        let callback = LoopbackCallback(
            authority: authority, path: path, state: state, onStray: onStray)
        var limits = MicroHTTPServer.Limits()
        limits.body = { _ in 0 }
        limits.idleSeconds = 10
        limits.requestTime = .seconds(10)
        limits.headerBytes = 16 << 10
        limits.screenedOnTLS = { onStray(.tls) }
        do throws(SocketError) {
            server = try MicroHTTPServer(on: sockets, limits: limits) {
                await callback.respond(to: $0)
            }
        } catch {
            throw .portUnavailable(ports: ports)
        }
        self.callback = callback
        port = sockets.first?.port ?? 0
        redirectURI = "http://\(authority)\(path)"
    }

    /// The socket, in a list, and what the browser calls it; registered ports are registered on 127.0.0.1.
    private static func listen(
        _ ports: [UInt16], _ addresses: [ListeningSocket.Address]
    ) throws(OAuthError) -> ([ListeningSocket], authority: String) {
        for address in ports.isEmpty ? addresses : [.loopbackIPv4] {
            for port in ports.isEmpty ? [0] : ports {
                guard let socket = try? ListeningSocket(address, port: port) else { continue }
                let host = address.host.contains(":") ? "[\(address.host)]" : address.host
                return ([socket], "\(host):\(socket.port)")
            }
        }
        throw .portUnavailable(ports: ports)
    }

    /// Waits for the answer; the browser waits on for what `show` will say.
    package func response(within limit: Duration) async throws -> AuthorizationResponse {
        if let response = await callback.response.value(within: limit) { return response }
        try Task.checkCancellation()
        throw callback.hasSeenStray ? OAuthError.stateMismatch : .callbackTimeout(limit)
    }

    /// Tells the waiting browser how it ended; the first word counts.
    package func show(_ page: BrowserPage) {
        callback.outcome.settle(page)
    }

    /// Delivers what is still to be shown and frees the port.
    package func close() async {
        show(
            BrowserPage(title: "The login has ended", text: "Look at the terminal for the reason."))
        await server.stop(grace: .milliseconds(500))
    }
}
