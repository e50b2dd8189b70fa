import CMicroHTTPD
import Synchronization

/// One request and its answer on a connection of libmicrohttpd.
// Unchecked: all but `phase` and `response` belongs to the daemon's thread; the handler's task
// writes `response` before it moves `phase`, and the daemon reads it after.
final class MicroHTTPExchange: @unchecked Sendable {
    private enum Step { case begun, reading, handling, answered }

    /// Who of the two is last resumes the connection.
    private enum Phase {
        static let handling = 0
        static let answered = 1
        static let suspended = 2
    }

    let daemon: MicroHTTPDaemon
    private let target: String
    private var step = Step.begun
    private var method = ""
    private var headers: HTTPHeaders = [:]
    private var body = Data()
    private var received = 0
    /// How many bytes the server's room counts for the body.
    private var held = 0
    private var isCrowdedOut = false
    private var limit = 0
    private var response = HTTPResponse(status: 500)
    private let phase = Atomic(Phase.handling)
    private(set) var dispatchID: UInt64?

    init(_ daemon: MicroHTTPDaemon, target: String) {
        self.daemon = daemon
        self.target = target
    }

    /// Called with the headers, then with each piece of the body, then at its end, and once more
    /// when a suspended connection goes on.
    func proceed(
        _ connection: OpaquePointer, method: String, chunk: UnsafeRawBufferPointer
    ) -> MHD_Result {
        switch step {
        case .begun:
            step = .reading
            self.method = method
            limit = daemon.limits.body(ServerRequest.path(of: target))
            return acceptHeaders(connection)
        case .reading where !chunk.isEmpty:
            return read(chunk)
        case .reading:
            step = .handling
            if received > limit { return refuse(Self.tooLarge, connection) }
            return isCrowdedOut ? refuse(Self.crowded, connection) : handle(connection)
        case .handling:
            return queue(response, connection)
        case .answered:
            return .YES
        }
    }

    /// An announced length over the limit is answered before a byte of it is read.
    private func acceptHeaders(_ connection: OpaquePointer) -> MHD_Result {
        headers = Self.headers(connection)
        let length = headers["Content-Length"].flatMap { UInt64($0) } ?? 0
        // Where no body is taken, one of unknown length is not waited for either.
        let isEndless = limit == 0 && headers["Transfer-Encoding"] != nil
        return length > UInt64(limit) || isEndless ? refuse(Self.tooLarge, connection) : .YES
    }

    /// Reads on a little past the limit, so that the client sees the refusal instead of a reset.
    private func read(_ chunk: UnsafeRawBufferPointer) -> MHD_Result {
        received += chunk.count
        if received <= limit, !isCrowdedOut {
            if daemon.room.take(chunk.count, of: received) {
                held += chunk.count
                body.append(chunk.bindMemory(to: UInt8.self))
                return .YES
            }
            isCrowdedOut = true
        }
        dropBody()
        return received > limit + (8 << 20) ? .NO : .YES
    }

    private func dropBody() {
        body = Data()
        daemon.room.giveBack(held)
        held = 0
    }

    private func handle(_ connection: OpaquePointer) -> MHD_Result {
        daemon.expectNothing(of: connection)
        let request = ServerRequest(
            method: method, target: target, headers: headers, body: body)
        let handle = MicroHTTPResponse.ConnectionHandle(pointer: connection)
        body = Data()
        dispatchID = daemon.running.start { [self] id in
            // Runs at once, up to its first real suspension, and goes on from there on the daemon's
            // thread, too.
            Task.immediate(executorPreference: daemon.executor) { [self] in
                response = await daemon.handler(request)
                let previous = phase.exchange(Phase.answered, ordering: .acquiringAndReleasing)
                if previous == Phase.suspended { daemon.resumeInTurn(handle.pointer) }
                daemon.running.handled(id)
            }
        }
        guard dispatchID != nil else { return refuse(Self.stopping, connection) }
        if phase.load(ordering: .acquiring) == Phase.answered { return queue(response, connection) }
        MHD_suspend_connection(connection)
        if phase.exchange(Phase.suspended, ordering: .acquiringAndReleasing) == Phase.answered {
            daemon.resumeInTurn(connection)
        }
        return .YES
    }

    private func refuse(_ response: HTTPResponse, _ connection: OpaquePointer) -> MHD_Result {
        daemon.limits.onRefusal(method, response.status)
        return queue(response, connection)
    }

    private func queue(_ response: HTTPResponse, _ connection: OpaquePointer) -> MHD_Result {
        step = .answered
        if let stream = response.stream {
            // It goes on for as long as its client likes; libmicrohttpd ends one that reads nothing.
            daemon.running.streams(stream, dispatchID)
        } else {
            daemon.expectProgress(on: connection)
        }
        return MicroHTTPResponse.queue(response, on: connection, of: daemon)
    }

    /// The client has all of the answer, or is gone.
    func end() {
        if held > 0 { dropBody() }
        response.stream?.end()
        daemon.running.delivered(dispatchID)
    }

    private static let stopping: HTTPResponse = {
        var response = HTTPResponse.json(503, ["error": "Stopping"])
        response.headers["Connection"] = "close"
        return response
    }()

    private static let crowded: HTTPResponse = {
        var response = HTTPResponse.json(503, ["error": "overloaded"])
        response.headers["Retry-After"] = "1"
        return response
    }()

    private static let tooLarge = HTTPResponse.json(413, ["error": "Payload too large"])

    private static func headers(_ connection: OpaquePointer) -> HTTPHeaders {
        var headers: HTTPHeaders = [:]
        withUnsafeMutablePointer(to: &headers) { pointer in
            _ = MHD_get_connection_values(
                connection, .HEADER_KIND,
                { context, _, name, value in
                    guard let context, let name else { return .YES }
                    context.assumingMemoryBound(to: HTTPHeaders.self).pointee.append(
                        String(cString: name), value.map { String(cString: $0) } ?? "")
                    return .YES
                }, pointer)
        }
        return headers
    }
}
