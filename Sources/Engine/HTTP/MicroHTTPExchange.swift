import CMicroHTTPD
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One request and its answer on a connection of libmicrohttpd.
// Unchecked: all but `phase` and `response` belongs to the daemon's thread; a handler's task writes
// `response` before it moves `phase`, and the daemon reads it after.
final class MicroHTTPExchange: @unchecked Sendable {
    private enum Step { case begun, reading, handling, answered }

    /// What a counter has taken.
    private struct Taken {
        let connection: MicroHTTPResponse.ConnectionHandle
        let bodyBytes: Int
        let since = ContinuousClock.now
    }

    /// Who of the two is last resumes the connection.
    private enum Phase {
        static let handling = 0
        static let answered = 1
        static let suspended = 2
    }

    let daemon: MicroHTTPDaemon
    private let target: String
    private let counter: RequestCounter?
    private var taken: Taken?
    private var step = Step.begun
    private var method = ""
    private var body = Data()
    private var received = 0
    /// How many bytes the server's room counts for the body.
    private var held = 0
    private var isCrowdedOut = false
    private var limit = 0
    private var response = HTTPResponse(status: 500)
    private let phase = Atomic(Phase.handling)
    private(set) var dispatchID: UInt64?

    init(_ daemon: MicroHTTPDaemon, target: String, _ counter: RequestCounter?) {
        self.daemon = daemon
        self.target = target
        self.counter = counter
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
        let length = Self.header("Content-Length", connection).flatMap { UInt64($0) } ?? 0
        // Where no body is taken, one of unknown length is not waited for either.
        let isEndless = limit == 0 && Self.header("Transfer-Encoding", connection) != nil
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
        if isTaken(connection) { return .YES }
        let request = ServerRequest(
            method: method, target: target, headers: Self.headers(connection), body: body)
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

    /// Answers nothing itself: what a counter does not take is the handler's, whatever the reason.
    private func isTaken(_ connection: OpaquePointer) -> Bool {
        guard let counter, counter.method == method, daemon.running.take() else { return false }
        let request = ServerRequest(
            method: method, target: target,
            headers: Self.headers(connection, named: counter.headers), body: body)
        let isTaken = counter.take(request, daemon.executor) { [self] response in
            daemon.answers.add(response, to: self)
        }
        guard isTaken else {
            daemon.running.leave()
            return false
        }
        taken = Taken(connection: .init(pointer: connection), bodyBytes: body.count)
        body = Data()
        MHD_suspend_connection(connection)
        return true
    }

    /// What the log says of the counter's answer.
    func record(_ response: HTTPResponse) -> CounterRecord? {
        guard let taken, let counter else { return nil }
        return CounterRecord(
            route: counter.route, method: method, status: response.status,
            bodyBytes: taken.bodyBytes, since: taken.since)
    }

    /// On the daemon's thread, with the counter's answer.
    func goOn(with response: HTTPResponse) {
        guard let connection = taken?.connection else { return }
        self.response = response
        daemon.resumeInTurn(connection.pointer)
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
        if taken != nil { daemon.running.deliveredAnswer() }
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

    private static func header(_ name: String, _ connection: OpaquePointer) -> String? {
        MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
    }

    /// What ``headers(_:named:)`` collects, and which fields are wanted; nil for all.
    private struct WantedFields {
        var headers: HTTPHeaders = [:]
        let names: [String]?
    }

    private static func headers(
        _ connection: OpaquePointer, named names: [String]? = nil
    ) -> HTTPHeaders {
        var wanted = WantedFields(names: names)
        withUnsafeMutablePointer(to: &wanted) { pointer in
            _ = MHD_get_connection_values(
                connection, .HEADER_KIND,
                { context, _, name, value in
                    guard let context, let name else { return .YES }
                    let wanted = context.assumingMemoryBound(to: WantedFields.self)
                    let names = wanted.pointee.names
                    guard names?.contains(where: { strcasecmp(name, $0) == 0 }) ?? true else {
                        return .YES
                    }
                    wanted.pointee.headers.append(
                        String(cString: name), value.map { String(cString: $0) } ?? "")
                    return .YES
                }, pointer)
        }
        return wanted.headers
    }
}
