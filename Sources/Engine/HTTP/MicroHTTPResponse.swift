import CMicroHTTPD

/// An answer as libmicrohttpd takes it, on the daemon's thread.
enum MicroHTTPResponse {
    /// What a streamed body is read from, and what it is read for.
    private final class Source {
        let stream: ResponseStream
        let daemon: MicroHTTPDaemon
        let connection: ConnectionHandle

        init(_ stream: ResponseStream, _ daemon: MicroHTTPDaemon, _ connection: ConnectionHandle) {
            self.stream = stream
            self.daemon = daemon
            self.connection = connection
        }
    }

    // Unchecked: elsewhere than on the daemon's thread it is only resumed, which may be.
    struct ConnectionHandle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    static func queue(
        _ response: HTTPResponse, on connection: OpaquePointer, of daemon: MicroHTTPDaemon
    ) -> MHD_Result {
        guard let created = create(response, connection, daemon) else { return .NO }
        defer { MHD_destroy_response(created) }
        for field in response.headers.fields {
            MHD_add_response_header(created, field.name, field.value)
        }
        return MHD_queue_response(connection, UInt32(response.status), created)
    }

    private static func create(
        _ response: HTTPResponse, _ connection: OpaquePointer, _ daemon: MicroHTTPDaemon
    ) -> OpaquePointer? {
        guard let stream = response.stream else {
            return response.body.withUnsafeBytes { bytes in
                hogsend_mhd_response_copying(bytes.baseAddress ?? nothing, bytes.count)
            }
        }
        let source = Source(stream, daemon, ConnectionHandle(pointer: connection))
        return hogsend_mhd_response_reading(
            Unmanaged.passRetained(source).toOpaque(),
            { context, _, buffer, size in
                guard let context, let buffer else { return -1 }
                return MicroHTTPResponse.read(context, buffer, size)
            },
            { context in
                guard let context else { return }
                Unmanaged<Source>.fromOpaque(context).takeRetainedValue().stream.end()
            })
    }

    /// -1 is the end; with 0 the connection is suspended until there is something to read.
    private static func read(
        _ context: UnsafeMutableRawPointer, _ buffer: UnsafeMutablePointer<CChar>, _ size: Int
    ) -> Int {
        let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
        let (daemon, connection) = (source.daemon, source.connection)
        let reading = source.stream.read(
            into: UnsafeMutableRawBufferPointer(start: buffer, count: size),
            suspend: { MHD_suspend_connection(connection.pointer) },
            wake: { daemon.resume(connection.pointer) })
        switch reading {
        case .bytes(let count): return count
        case .later: return 0
        case .end: return -1
        }
    }

    nonisolated(unsafe) private static let nothing = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
}
