/// Asks a token endpoint until the user has entered the code (RFC 8628 §3.4 and §3.5).
///
/// Time is a monotonic clock's: what a machine's clock is set to moves no deadline.
package struct DevicePolling: Sendable {
    /// RFC 8628 §3.5.
    private static let slowDown = Duration.seconds(5)
    private static let longestPause = Duration.seconds(60)
    /// The server's count began earlier than ours.
    private static let headroom = Duration.seconds(1)

    package let endpoint: TokenEndpoint
    package let clientID: String
    /// How long ago something was, and how to wait; tests have a time of their own.
    package var now: @Sendable () -> Duration
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(endpoint: TokenEndpoint, clientID: String) {
        self.endpoint = endpoint
        self.clientID = clientID
        let start = ContinuousClock.now
        now = { start.duration(to: .now) }
        sleep = { try await Task.sleep(for: $0) }
    }

    /// The tokens, for a code that was asked for at `start`; waits no longer than `limit` in all.
    package func tokens(
        for device: DeviceAuthorization, since start: Duration, within limit: Duration
    ) async throws -> TokenResponse {
        let life = device.expiresIn.map { max($0 - Self.headroom, .seconds(1)) }
        let patience = min(life ?? limit, limit)
        var pace = Pace(interval: device.interval)
        var missed: String?
        while true {
            guard now() + pace.pause < start + patience else {
                // Nothing more will be asked, so that nobody waits for the rest.
                throw missed.map { OAuthError.exchangeFailed(reason: $0) }
                    ?? OAuthError.deviceCodeExpired(patience)
            }
            try await sleep(pace.pause)
            var endpoint = endpoint
            endpoint.timeout = min(endpoint.timeout, max(start + patience - now(), .seconds(1)))
            let poll = try await endpoint.poll(device.deviceCode, clientID: clientID)
            missed = nil
            switch poll {
            case .granted(let tokens): return tokens
            case .pending: pace.answered()
            case .slowDown: pace.slowDown()
            case .unreachable(let reason, let wait):
                // The code may have been entered.
                missed = reason
                pace.missed(wait)
            }
        }
    }

    private struct Pace {
        var interval: Duration
        private var factor = 1
        private var atLeast = Duration.zero

        init(interval: Duration) { self.interval = interval }

        var pause: Duration {
            max(interval, min(interval * factor, longestPause), atLeast)
        }

        mutating func answered() { (factor, atLeast) = (1, .zero) }

        /// For good.
        mutating func slowDown() {
            answered()
            interval += DevicePolling.slowDown
        }

        /// Twice as long each time, until there is an answer again.
        mutating func missed(_ wait: Duration?) {
            factor = min(factor * 2, 1 << 10)
            atLeast = min(wait ?? .zero, longestPause)
        }
    }
}
