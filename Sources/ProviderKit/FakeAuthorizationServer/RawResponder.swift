import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A listener on 127.0.0.1 that can stop in the middle of an answer, which libmicrohttpd cannot.
///
/// It reads one request from each connection, answers it, and closes.
final class RawResponder: Sendable {
    typealias Handler = @Sendable (ServerRequest) -> (HTTPResponse, Transmission)

    let port: UInt16
    private let listener: ListeningSocket
    private let connections = Locked<Set<Int32>>([])

    init() throws(SocketError) {
        listener = try ListeningSocket(.loopbackIPv4, port: 0)
        port = listener.port
    }

    /// Accepts until it is stopped, and is held by its thread as long.
    func run(_ handler: @escaping Handler) {
        OwnThread.start { [self] in
            while true {
                let descriptor = accept(listener.descriptor, nil, nil)
                guard descriptor >= 0 else { break }
                connections.withLock { _ = $0.insert(descriptor) }
                OwnThread.start {
                    self.serve(RawSocket(descriptor), handler)
                }
            }
            listener.closeUnused()
        }
    }

    /// Frees the port and breaks off what is still being answered.
    func stop() {
        shutdown(listener.descriptor, Int32(SHUT_RDWR))
        connections.withLock { for descriptor in $0 { RawSocket(descriptor).interrupt() } }
    }

    private func serve(_ socket: RawSocket, _ handler: Handler) {
        if let request = socket.readRequest() {
            let (response, transmission) = handler(request)
            deliver(response, transmission, on: socket)
        }
        connections.withLock {
            $0.remove(socket.descriptor)
            socket.end()
        }
    }

    private func deliver(
        _ response: HTTPResponse, _ transmission: Transmission, on socket: RawSocket
    ) {
        let head = Self.head(response)
        let body = Array(response.body)
        switch transmission {
        case .whole: _ = socket.write(head + body)
        case .dripping(let pause):
            for byte in head + body {
                usleep(UInt32(pause.milliseconds * 1000))
                guard socket.write([byte]) else { return }
            }
        case .cutOff(.beforeHeaders): break
        case .cutOff(.inHeaders): _ = socket.write(head.prefix(head.count / 2))
        case .cutOff(.inBody): _ = socket.write(head + body.prefix(body.count / 2))
        case .silent: socket.waitForEnd()
        }
    }

    private static func head(_ response: HTTPResponse) -> [UInt8] {
        var fields = response.headers
        fields["Content-Length"] = "\(response.body.count)"
        fields["Connection"] = "close"
        let lines =
            ["HTTP/1.1 \(response.status) Scripted"]
            + fields.fields.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
