/// How long a token is good for, and when it should be renewed.
///
/// The row does not say how long the token was made for; it was written when the token was new.
struct TokenLife: Sendable, Equatable {
    /// Nil when the server did not say: then it is good until it is refused.
    let expiresAt: Date?
    /// Within so many seconds of its end the token is renewed before it is used.
    let skew: Double

    init(expiresAt: Date?, issuedAt: Date?) {
        self.expiresAt = expiresAt
        let life = expiresAt.flatMap { end in issuedAt.map { end.timeIntervalSince($0) } }
        skew = life.map { $0 > 0 && $0 <= 600 ? $0 / 10 : 60 } ?? 60
    }

    func isFresh(at now: Date) -> Bool {
        expiresAt.map { $0.timeIntervalSince(now) >= skew } ?? true
    }

    func isAlive(at now: Date) -> Bool {
        expiresAt.map { $0 > now } ?? true
    }

    /// When the token is renewed though nobody asks; `spread` from 0 to 1 keeps a fleet apart.
    func renewal(spread: Double) -> Date? {
        expiresAt?.addingTimeInterval(-skew * (1 + spread))
    }
}
