/// The connections that owe a whole request, or have yet to take their whole answer.
///
/// libmicrohttpd's own time-out is for silence only: a byte a second would live for ever. Belongs to
/// the daemon's thread.
struct ConnectionDeadlines {
    private static let sweepInterval = Duration.seconds(1)

    let limit: Duration
    private var since: [OpaquePointer: ContinuousClock.Instant] = [:]
    private var lastSweep = ContinuousClock.now

    init(limit: Duration) {
        self.limit = limit
    }

    /// How long the daemon may sleep, in milliseconds; -1 for as long as it likes.
    var sleep: Int32 { since.isEmpty ? -1 : Int32(clamping: Self.sweepInterval.milliseconds) }

    /// From now on the client must get on.
    mutating func start(_ connection: OpaquePointer) {
        since[connection] = .now
    }

    /// The client has done its part and waits for us, or is gone.
    mutating func stop(_ connection: OpaquePointer) {
        since[connection] = nil
    }

    /// The first of them, so that `count` are left.
    func oldest(but count: Int) -> [OpaquePointer] {
        guard since.count > count else { return [] }
        return since.sorted { $0.value < $1.value }.dropLast(count).map(\.key)
    }

    /// Those that are over their time, at most once an interval.
    mutating func overdue() -> [OpaquePointer] {
        let now = ContinuousClock.now
        guard now - lastSweep >= Self.sweepInterval else { return [] }
        lastSweep = now
        return since.filter { now - $0.value > limit }.map(\.key)
    }
}
