package import Engine

/// A service for tests on a loopback port: it notes what it is asked, and goes wrong where told to.
package final class SimulatedService<State: Sendable>: Sendable {
    /// Answers a request; the state is locked by the answer itself, and not while it waits.
    package typealias Answer = @Sendable (Locked<State>, ServerRequest) async -> HTTPResponse

    private let server: MicroHTTPServer
    private let notes: Locked<ServiceNotes>
    package let state: Locked<State>
    package let origin: URL

    /// Starts to listen on 127.0.0.1; port 0 takes any free one.
    package init(
        _ state: State, port: UInt16 = 0, answering answer: @escaping Answer
    ) throws {
        let socket = try ListeningSocket(.loopbackIPv4, port: port)
        guard let origin = URL(address: "http://127.0.0.1:\(socket.port)") else {
            throw SimulationError(reason: "port \(socket.port) makes no address")
        }
        let (state, notes) = (Locked(state), Locked(ServiceNotes()))
        (self.state, self.notes, self.origin) = (state, notes, origin)
        server = try MicroHTTPServer(on: [socket]) { request in
            let fault = notes.withLock { $0.note(request) }
            if let fault, !fault.performs { return fault.answer }
            let response = await answer(state, request)
            return fault?.answer ?? response
        }
    }

    /// Closes every connection and frees the port.
    package func stop() async {
        await server.stop(grace: .milliseconds(200))
    }

    /// Every request so far, in order.
    package var requests: [ServerRequest] { notes.withLock { $0.requests } }

    /// Every request so far as `GET /path`.
    package var lines: [String] { requests.map { "\($0.method) \($0.path)" } }

    /// The requests other than `GET`.
    package var writes: [ServerRequest] { requests.filter { $0.method != "GET" } }

    /// Makes matching requests go wrong from now on.
    package func add(_ faults: ServiceFault...) {
        notes.withLock { $0.faults += faults }
    }

    /// Lets everything go well again.
    package func removeFaults() {
        notes.withLock { $0.faults = [] }
    }
}

/// Why a simulated service could not start.
package struct SimulationError: Error {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// A rule by which requests go wrong.
package struct ServiceFault: CountedFault, Sendable {
    /// The method that it concerns; nil is any.
    package var method: String?
    /// How many matching requests go well first.
    package var skip: Int
    /// How many then go wrong; nil is all.
    package var times: Int?
    /// Whether the request is carried out although the answer goes wrong.
    package var performs: Bool
    /// What is answered.
    package var answer: HTTPResponse

    package init(
        _ method: String? = nil, skip: Int = 0, times: Int? = nil, performs: Bool = false,
        answer: HTTPResponse
    ) {
        self.method = method
        self.skip = skip
        self.times = times
        self.performs = performs
        self.answer = answer
    }

    package func matches(_ request: ServerRequest) -> Bool {
        method == nil || method == request.method
    }
}

/// What was asked, and what is to go wrong.
struct ServiceNotes: Sendable {
    private(set) var requests: [ServerRequest] = []
    var faults: [ServiceFault] = []

    /// The fault that this request meets.
    mutating func note(_ request: ServerRequest) -> ServiceFault? {
        requests.append(request)
        return faults.take(for: request)
    }
}

extension ServerRequest {
    /// The pairs of a form-encoded body, in order.
    package var form: [(name: String, value: String)] {
        (FormURLEncoding.decode(String(decoding: body, as: UTF8.self)) ?? [])
            .map { ($0.name, $0.value) }
    }

    /// The first query parameter of that name.
    package func parameter(_ name: String) -> String? {
        query?.first { $0.name == name }?.value
    }
}

extension URL {
    /// The same address as through a tunnel: a public name's on a port of this machine.
    package func tunnelled(_ ports: [String: UInt16]) -> URL {
        guard let host = host(), let port = ports[host],
            let url = URL(string: "http://127.0.0.1:\(port)\(path(percentEncoded: true))")
        else { return self }
        return url
    }
}
