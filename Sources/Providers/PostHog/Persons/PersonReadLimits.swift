import Engine

/// How much ``PersonReads`` keeps and how long it waits.
public struct PersonReadLimits: Sendable {
    /// How long a caller waits, a refresh of the token included.
    public var timeout = Duration.seconds(10)
    /// How long a person is believed to be as he was read.
    public var life = Duration.seconds(300)
    /// How long a person is believed not to be there.
    public var missLife = Duration.seconds(30)
    /// How long a failure with one person keeps from asking for the same one again.
    public var failureLife = Duration.seconds(10)
    /// How long a refusal of the credential keeps from asking for anyone.
    public var refusalPause = Duration.seconds(30)
    /// How many requests are under way at once; further ones wait for one to end.
    public var requests = 16
    /// How many persons are kept.
    public var entries = 10_000
    /// How many bytes of answers are kept.
    public var bytes = 32 << 20
    /// How many bytes the answer about one person may have.
    public var personBytes = 1 << 20

    /// The limits as they are documented here.
    public init() {}
}

extension Date {
    func adding(_ duration: Duration) -> Date {
        let parts = duration.components
        return addingTimeInterval(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
    }
}
