import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One end of a TCP connection that says exactly what it is told; its calls block.
struct RawConnection: Sendable {
    let descriptor: Int32

    /// Takes an accepted connection over; a read waits for `patience` milliseconds at most.
    init(accepted descriptor: Int32, patience: Int = 10_000) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: patience / 1000, tv_usec: patience % 1000 * 1000)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Connects to a port of 127.0.0.1; nil when nobody listens.
    init?(port: UInt16, patience: Int = 10_000) {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        self.init(accepted: socket(AF_INET, kind, 0), patience: patience)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 {
            close()
            return nil
        }
    }

    /// False when the other end is gone.
    @discardableResult
    func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Self.quiet)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What comes until `mark` is in it or the other end closes.
    func read(until mark: String) -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while !text.contains(mark) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return text
    }

    /// So many bytes, fewer where the other end closes.
    func read(count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < count {
            let more = recv(descriptor, &buffer, min(buffer.count, count - bytes.count), 0)
            guard more > 0 else { break }
            bytes += buffer[..<more]
        }
        return bytes
    }

    /// What comes until the other end closes.
    func readAll() -> String {
        read(until: "\u{0}never\u{0}")
    }

    /// Says that nothing more comes, and still reads.
    func finishWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    #if canImport(Glibc)
        private static let quiet = Int32(MSG_NOSIGNAL)
    #else
        private static let quiet: Int32 = 0
    #endif
}

/// A server on 127.0.0.1 that holds `conversation` with each connection, one after another.
final class RawServer: Sendable {
    let port: UInt16
    private let socket: ListeningSocket
    private let accepted = Locked(0)

    init(_ conversation: @escaping @Sendable (RawConnection) -> Void) throws {
        socket = try ListeningSocket(.loopbackIPv4, port: 0)
        port = socket.port
        OwnThread.start { [socket, accepted] in
            while true {
                let descriptor = accept(socket.descriptor, nil, nil)
                guard descriptor >= 0 else { break }
                accepted.withLock { $0 += 1 }
                let connection = RawConnection(accepted: descriptor)
                conversation(connection)
                connection.close()
            }
            socket.closeUnused()
        }
    }

    /// Wakes the thread, which then closes the socket.
    deinit {
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
    }

    /// A server that reads one request's headers and answers `text`.
    static func answering(_ text: String) throws -> RawServer {
        try RawServer { connection in
            _ = connection.read(until: "\r\n\r\n")
            connection.write(text)
        }
    }

    var connections: Int { accepted.withLock { $0 } }

    func url(_ path: String = "/") throws -> URL {
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else {
            throw CancellationError()
        }
        return url
    }
}
