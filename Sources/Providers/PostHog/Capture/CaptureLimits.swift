/// How much ``Capture`` keeps, sends at once and tries.
public struct CaptureLimits: Sendable {
    /// How many events go in one request.
    public var batch = 100
    /// How many bytes the events of one request may have; PostHog takes 20 MB.
    public var batchBytes = 4 << 20
    /// How many bytes one event may have; a larger one is dropped.
    public var eventBytes = 512 << 10
    /// How long an event waits for others to go along.
    public var interval = Duration.seconds(5)
    /// How many events wait at most, those under way included; further ones are dropped.
    public var queue = 10_000
    /// How many bytes of events wait at most.
    public var queueBytes = 64 << 20
    /// How often a batch is sent before it is given up.
    public var attempts = 6
    /// How long to wait after the first failure; each further wait may be twice as long.
    public var firstPause = Duration.seconds(1)
    /// The longest wait, also of those that the service asks for.
    public var longestPause = Duration.seconds(60)
    /// How long one request may take.
    public var timeout = Duration.seconds(10)

    /// The limits as they are documented here.
    public init() {}
}

/// What became of the events so far.
public struct CaptureCounts: Sendable, Equatable {
    /// Taken by PostHog.
    public var sent = 0
    /// Never sent: too large, too many at once, or captured after the end.
    public var dropped = 0
    /// Refused by PostHog, or given up after the last attempt.
    public var failed = 0
    /// Not sent because there is no key; nobody is told, since capture is then switched off.
    public var keyless = 0
    /// Waiting, or under way.
    public var waiting = 0

    /// The counts at the start.
    public init() {}
}
