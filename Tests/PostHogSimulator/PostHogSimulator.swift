package import Engine

/// A PostHog for tests: OAuth, the private API and deliveries, on a loopback port.
package final class PostHogSimulator: Sendable {
    private let server: MicroHTTPServer
    private let state: Locked<Installation>
    package let origin: URL

    /// Starts to listen on 127.0.0.1; port 0 takes any free one.
    package static func start(
        port: UInt16 = 0, switches: Switches = Switches()
    ) async throws -> PostHogSimulator {
        let socket = try ListeningSocket(.loopbackIPv4, port: port)
        guard let origin = URL(address: "http://127.0.0.1:\(socket.port)") else {
            throw ControlError("port \(socket.port) makes no address")
        }
        return try PostHogSimulator(on: socket, origin: origin, switches: switches)
    }

    private init(on socket: ListeningSocket, origin: URL, switches: Switches) throws {
        let state = Locked(Installation(origin: origin.absoluteString, switches: switches))
        let front = Front(state)
        self.state = state
        self.origin = origin
        server = try MicroHTTPServer(on: [socket]) { await front.respond(to: $0) }
    }

    func withInstallation<Result: Sendable>(_ body: (inout Installation) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    /// Ends slow answers, closes every connection and frees the port.
    package func stop() async {
        await server.stop(grace: .milliseconds(200))
    }

    /// What this PostHog does; a change holds from the next request on.
    package var switches: Switches {
        get { state.withLock { $0.switches } }
        set { state.withLock { $0.switches = newValue } }
    }

    /// Every request seen since the start or the last reset, without those of the control.
    package var journal: [RecordedCall] {
        state.withLock { $0.journal.calls }
    }

    /// What a client did that PostHog's documentation warns against.
    package var violations: [String] {
        state.withLock { $0.journal.violations }
    }

    /// How many times a hog function was created or changed through the API.
    package var writes: Int {
        state.withLock { $0.writes }
    }

    /// The destinations as a detail read shows them, deleted ones left out.
    package var destinations: [JSONValue] {
        state.withLock { $0.functions.filter { !$0.isDeleted }.map(\.detail) }
    }

    /// Makes matching requests go wrong from now on.
    package func add(_ faults: ServerFault...) {
        state.withLock { $0.faults += faults }
    }

    package func removeFaults() {
        state.withLock { $0.faults = [] }
    }

    /// Puts destinations into a project as they are and returns their ids in order.
    @discardableResult
    package func seed(_ destinations: JSONValue..., project: Int64 = 12_345) -> [String] {
        seed(destinations, project: project)
    }

    @discardableResult
    package func seed(_ destinations: [JSONValue], project: Int64 = 12_345) -> [String] {
        state.withLock { state in destinations.map { state.seed($0, project: project) } }
    }

    /// Makes a grant without a browser and returns its token answer.
    package func grant(
        clientID: String = ClientDocument.hogsend, scopes: [String], teams: [Int64] = [12_345]
    ) -> JSONValue {
        state.withLock { state in
            state.grants.clients.insert(clientID)
            return state.issue(
                Grant(clientID: clientID, scopes: scopes, teams: teams, organizations: []))
        }
    }

    /// Captures an event and waits until every destination that takes it was called.
    @discardableResult
    package func emit(_ event: CapturedEvent) async -> [DeliveryReport] {
        await Courier(state).deliver(event)
    }

    /// Forgets tokens, destinations, faults and calls, and sets the switches as at the start.
    package func reset() {
        state.withLock { $0.reset() }
    }
}
