import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Clients of a port of 127.0.0.1 that keep no rule and know no state.
package final class HostileCrowd: Sendable {
    private static let host = "127.0.0.1"
    private static let dripInterval: UInt32 = 100_000

    private let port: UInt16
    private let says: [String]
    private let staying = Locked<[Int32]>([])
    private let hasLeft = Locked(false)

    /// Nobody comes before ``strike(_:)``.
    package init(port: UInt16, says: [String] = HostileCrowd.everything) {
        self.port = port
        self.says = says
    }

    /// Each of `count` connects and says what is next of what the crowd says; every fifth stays,
    /// and of those every other one goes on, a byte at a time, until ``leave()``.
    ///
    /// Returns when all were there, with how many stay.
    package func strike(_ count: Int) async -> Int {
        Self.takeAllDescriptors()
        OwnThread.start { self.drip() }
        return await BlockingCall.run {
            for number in 0..<count { self.visit(number) }
            return self.staying.withLock(\.count)
        }
    }

    /// Closes what still is open; dripping ends with it.
    package func leave() {
        hasLeft.withLock { $0 = true }
        staying.withLock { sockets in
            for socket in sockets { close(socket) }
            sockets = []
        }
    }

    private func visit(_ number: Int) {
        guard let socket = connected() else { return }
        // The two numbers have no common factor, so that everything is said by some who stay.
        Self.send(says[number % says.count], at: port, on: socket)
        if number % 5 == 0 {
            staying.withLock { $0.append(socket) }
        } else {
            if number % 10 == 1 { Self.readABit(socket) }
            close(socket)
        }
    }

    private func drip() {
        while !hasLeft.withLock({ $0 }) {
            staying.withLock { sockets in
                for index in stride(from: 0, to: sockets.count, by: 2) {
                    Self.send("a", at: port, on: sockets[index])
                }
            }
            usleep(Self.dripInterval)
        }
    }

    // MARK: Sockets

    private func connected() -> Int32? {
        let descriptor = socket(AF_INET, Self.stream, 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(Self.host)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private static func send(_ text: String, at port: UInt16, on socket: Int32) {
        let bytes = Array(text.replacing("HOST", with: "\(host):\(port)").utf8)
        _ = bytes.withUnsafeBytes { systemSend(socket, $0.baseAddress, $0.count, quiet) }
    }

    private static func readABit(_ socket: Int32) {
        var patience = timeval(tv_sec: 0, tv_usec: 5_000)
        setsockopt(
            socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var bytes = [UInt8](repeating: 0, count: 512)
        _ = recv(socket, &bytes, bytes.count, 0)
    }

    /// A process gets fewer than the crowd needs unless it asks.
    private static func takeAllDescriptors() {
        var limit = rlimit()
        getrlimit(descriptors, &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(descriptors, &limit)
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
        private static let quiet = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        private static let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        private static let systemSend = Glibc.send
    #else
        private static let stream = SOCK_STREAM
        private static let quiet = MSG_DONTWAIT
        private static let descriptors = RLIMIT_NOFILE
        private static let systemSend = Darwin.send
    #endif
}

extension HostileCrowd {
    /// Sent as it is, `HOST` replaced; `STATE` is no state of anybody.
    package static let everything = [
        // Silent, half of a request line, half of a head, a TLS hello, a body that does not come.
        "", "G", "GET /callback?sta", "GET /callback HTTP/1.1\r\nHost: HOST\r\nX:",
        "\u{16}\u{03}\u{01}\u{02}",
        "POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\n",
        "GET /callback?code=a&state=wrong HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?code=a HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?error=access_denied HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?state=STATE&state=STATE&code=a HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?code=a&state=STATE HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n",
        "GET /other?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback/../callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "POST /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\ncode=a&st",
        "POST /callback HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        "HEAD /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "OPTIONS /callback?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.example\r\n\r\n",
        "PUT /callback?state=STATE HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback?%zz HTTP/1.1\r\nHost: HOST\r\n\r\n", "nonsense\r\n\r\n", "\r\n\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /callback HTTP/1.1\r\nHost: HOST\r\nX: " + String(repeating: "x", count: 40_000)
            + "\r\n\r\n",
        "GET /callback?" + String(repeating: "y", count: 30_000)
            + " HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /callback HTTP/1.1\r\nHost: HOST\r\n" + String(repeating: "A: b\r\n", count: 2_500)
            + "\r\n",
    ]
}
