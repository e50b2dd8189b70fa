#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One port on all loopback addresses, for a redirect URI that says `localhost`.
///
/// A stranger on one of them would get the code of a browser that tries that one first, so that a
/// port is taken on all or not at all; an address that this machine lacks is nobody's.
enum LocalhostSockets {
    /// How many free ports are tried, each of which may be taken on another address.
    private static let mostTries = 20

    static func open(
        _ ports: [UInt16], _ addresses: [ListeningSocket.Address]
    ) throws(OAuthError) -> ([ListeningSocket], authority: String) {
        let candidates = ports.isEmpty ? Array(repeating: 0, count: mostTries) : ports
        for port in candidates {
            guard let sockets = all(addresses, port), let first = sockets.first else { continue }
            return (sockets, "localhost:\(first.port)")
        }
        throw .portUnavailable(ports: ports)
    }

    /// Nil when somebody else has the port on one of the addresses.
    private static func all(
        _ addresses: [ListeningSocket.Address], _ port: UInt16
    ) -> [ListeningSocket]? {
        var sockets: [ListeningSocket] = []
        for address in addresses {
            do throws(SocketError) {
                sockets.append(
                    try ListeningSocket(address, port: sockets.first?.port ?? port))
            } catch {
                if [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.number) { continue }
                for socket in sockets { socket.closeUnused() }
                return nil
            }
        }
        return sockets
    }
}
