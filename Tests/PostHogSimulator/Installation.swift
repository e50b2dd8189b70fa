import Engine

/// Everything that one simulated PostHog knows.
struct Installation: Sendable {
    let origin: String
    private let initialSwitches: Switches
    var switches: Switches
    var faults: [ServerFault] = []
    var journal = Journal()
    var grants = Grants()
    var functions: [HogFunction] = []
    var persons: [String: JSONValue] = [:]
    var captured: [JSONValue] = []
    var writes = 0
    private var changes = 0

    init(origin: String, switches: Switches) {
        self.origin = origin
        initialSwitches = switches
        self.switches = switches
    }

    mutating func reset() {
        self = Installation(origin: origin, switches: initialSwitches)
    }

    /// The time here, which a test may move.
    var now: Date {
        Date().addingTimeInterval(switches.clockOffset)
    }

    /// A time stamp with microseconds that is later than every other one.
    mutating func nextTimestamp() -> String {
        changes += 1
        let micros = String(changes % 1000 + 1000).dropFirst()
        return String(now.iso8601.dropLast()) + micros + "Z"
    }
}
