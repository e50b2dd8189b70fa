import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An accepted connection, byte by byte; its calls block.
struct RawSocket: Sendable {
    private static let largestHead = 64 << 10
    private static let largestBody = 4 << 20

    let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    }

    /// One request with its body; nil when it is cut off, too large or no HTTP.
    func readRequest() -> ServerRequest? {
        var bytes: [UInt8] = []
        while true {
            if let (head, rest) = Self.head(bytes) { return request(head, rest) }
            guard bytes.count < Self.largestHead, let more = read() else { return nil }
            bytes += more
        }
    }

    /// Reads on and throws away, until the other end closes.
    func waitForEnd() {
        while read() != nil {}
    }

    /// False when the other end is gone.
    func write(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Self.quiet)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Wakes whatever call is blocked on the connection.
    func interrupt() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func end() { close(descriptor) }

    private func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// The lines before the empty one, and what follows it.
    private static func head(_ bytes: [UInt8]) -> (lines: [Substring], rest: [UInt8])? {
        let mark = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else {
            return nil
        }
        // As scalars, since CR and LF together are one character to Swift.
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        return (text.split(separator: "\r\n"), Array(bytes[(end + mark.count)...]))
    }

    private func request(_ head: [Substring], _ start: [UInt8]) -> ServerRequest? {
        let words = head.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: HTTPHeaders = [:]
        for line in head.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers.append(
                String(line[..<colon]), line[line.index(after: colon)...].trimmingWhitespace())
        }
        let length = headers["Content-Length"].flatMap { Int($0) } ?? 0
        guard (0...Self.largestBody).contains(length) else { return nil }
        var body = start
        while body.count < length {
            guard let more = read() else { return nil }
            body += more
        }
        return ServerRequest(
            method: String(words[0]), target: String(words[1]), headers: headers,
            body: Data(body.prefix(length)))
    }

    #if canImport(Glibc)
        private static let quiet = Int32(MSG_NOSIGNAL)
    #else
        private static let quiet: Int32 = 0
    #endif
}
