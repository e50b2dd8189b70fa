/// How long a refresh may take and how failures are spaced.
package struct RefreshPolicy: Sendable {
    /// How long one process may hold the fleet's lock before others go on without it.
    package var lease = Duration.seconds(30)
    /// How long a caller with a token that still lives waits for the new one.
    package var courtesy = Duration.seconds(5)
    /// A token that is refused so soon after it was made is not refreshed on that account.
    package var youth = Duration.seconds(30)
    /// How long to wait between the attempts to store a new token.
    package var savePauses: [Duration] = [
        .milliseconds(100), .milliseconds(400), .milliseconds(1500),
    ]
    /// A random number from 0 to 1.
    package var random: @Sendable () -> Double = { .random(in: 0...1) }

    package init() {}

    /// Longer than a lease, so that one who waits outlasts a holder that hangs.
    var patience: Duration { lease + .seconds(5) }

    /// Shorter than the lease: whoever still waits for an answer still holds the lock.
    var requestTimeout: Duration { min(.seconds(20), lease * 2 / 3) }

    /// For so long after it was sent, a refresh may still be answered and its token be stored.
    var settlement: Duration { requestTimeout + savePauses.reduce(.seconds(1), +) }

    /// What the server says, else full jitter below a ceiling that grows from 1 to 60 s.
    func wait(after attempts: Int, _ retryAfter: Duration?) -> Duration {
        if let retryAfter { return retryAfter }
        let ceiling = min(60, Double(1 << min(max(attempts - 1, 0), 6)))
        return .seconds(ceiling * random())
    }
}

extension Date {
    func adding(_ duration: Duration) -> Date {
        addingTimeInterval(Double(duration.milliseconds) / 1000)
    }
}
