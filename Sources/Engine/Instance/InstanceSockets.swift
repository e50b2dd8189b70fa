#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Opens what the instance listens on.
enum InstanceSockets {
    /// A machine without IPv6 is served over IPv4 alone; every other failure is one.
    static func open(
        _ configuration: InstanceConfiguration, _ log: Log
    ) throws(ConfigurationError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        for address in configuration.addresses {
            // Port 0 is any free one, and the same for both loopbacks.
            let port = sockets.first?.port ?? configuration.port
            do throws(SocketError) {
                sockets.append(try ListeningSocket(address, port: port))
            } catch {
                if address == .loopbackIPv6, !sockets.isEmpty, error.isMissingAddress {
                    log(.warning, "no_ipv6", ["text": .text(error.description)])
                    continue
                }
                for socket in sockets { socket.closeUnused() }
                throw ConfigurationError(
                    error.description,
                    hint: error.isInUse
                        ? "free the port, or set PORT to another one"
                        : "set HOST to an address of this machine and PORT to one that it may use")
            }
        }
        return sockets
    }
}

extension SocketError {
    fileprivate var isMissingAddress: Bool { [EADDRNOTAVAIL, EAFNOSUPPORT].contains(number) }
}
