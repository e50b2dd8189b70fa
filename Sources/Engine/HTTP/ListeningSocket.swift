#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A bound and listening TCP socket, not yet owned by a server.
package struct ListeningSocket: Sendable {
    package let descriptor: Int32
    package let port: UInt16

    /// A numeric address and whether it is this machine alone.
    package struct Address: Sendable, Equatable {
        package let host: String
        package var isLoopback: Bool {
            // By its bytes: the unspecified address, which everybody reaches, has many spellings.
            var bytes = [UInt8](repeating: 0, count: 16)
            if inet_pton(AF_INET, host, &bytes) == 1 { return bytes[0] == 127 }
            return inet_pton(AF_INET6, host, &bytes) == 1
                && bytes == [UInt8](repeating: 0, count: 15) + [1]
        }
        package init(_ host: String) { self.host = host }
        /// Whether `text` is an IPv4 or IPv6 literal in its standard spelling.
        package static func isNumeric(_ text: String) -> Bool {
            var bytes = in6_addr()
            return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
        }
        package static let loopbackIPv4 = Address("127.0.0.1")
        package static let loopbackIPv6 = Address("::1")
    }

    /// Binds and listens; port 0 takes any free one.
    ///
    /// `SO_REUSEADDR`, or a finished connection in TIME_WAIT would block a pinned port for a
    /// minute; never `SO_REUSEPORT`, which would let a second process share it.
    package init(_ address: Address, port: UInt16) throws(SocketError) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(port), &hints, &list) == 0, let info = list else {
            throw SocketError(address: address.host, port: port, number: EINVAL)
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(info.pointee.ai_family, hints.ai_socktype, 0)
        guard descriptor >= 0 else {
            throw SocketError(address: address.host, port: port, number: errno)
        }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if info.pointee.ai_family == AF_INET6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard bind(descriptor, info.pointee.ai_addr, info.pointee.ai_addrlen) == 0,
            listen(descriptor, 1024) == 0
        else {
            let number = errno
            close(descriptor)
            throw SocketError(address: address.host, port: port, number: number)
        }
        self.descriptor = descriptor
        self.port = Self.boundPort(descriptor)
    }

    package func closeUnused() {
        close(descriptor)
    }

    private static func boundPort(_ descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(descriptor, $0, &length)
            }
            // The port stands at the same place in both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }
}

/// Why a socket could not listen.
package struct SocketError: Error, Equatable, CustomStringConvertible {
    package let address: String
    package let port: UInt16
    package let number: Int32

    package var isInUse: Bool { number == EADDRINUSE }
    package var description: String {
        "port \(port) of \(address) cannot be listened on: \(String(cString: strerror(number)).lowercased())"
    }
}
