/// A stored grant in memory, with what is known of its refreshes.
package struct HeldGrant: Sendable {
    /// The row it came from, for a compare-and-swap.
    let stored: StoredCredential
    package let grant: Grant
    package let record: RefreshRecord
    let life: TokenLife
    /// When it is renewed though nobody asks.
    let renewal: Date?
    /// New tokens that could not be stored yet: the one case in which memory is ahead of the row.
    private(set) var unsaved: GrantRenewal?

    /// Nil when the row cannot be opened or holds no grant.
    init?(_ stored: StoredCredential, _ record: RefreshRecord, fields: [GrantField]) {
        guard let grant = stored.grant(fields: Set(fields.map(\.name))) else { return nil }
        self.init(stored, grant, record, issuedAt: Date(iso8601: stored.updatedAt))
    }

    private init(
        _ stored: StoredCredential, _ grant: Grant, _ record: RefreshRecord, issuedAt: Date?
    ) {
        self.stored = stored
        self.grant = grant
        self.record = record
        life = TokenLife(expiresAt: grant.expiresAt, issuedAt: issuedAt)
        renewal = life.renewal(spread: .random(in: 0...1))
    }

    /// The same row with new tokens that are not in it yet.
    func renewed(by renewal: GrantRenewal) -> HeldGrant? {
        let contents = renewal.applied(to: stored.contents ?? .null)
        let names = Set(renewal.fields.map(\.name))
        guard let grant = try? Grant(contents, fields: names) else { return nil }
        var renewed = HeldGrant(stored, grant, record, issuedAt: renewal.now)
        renewed.unsaved = renewal
        return renewed
    }

    /// The failure that was noted of these very tokens; that of earlier ones is over.
    func failure(_ sealer: CredentialSealer) -> RefreshRecord.Failure? {
        record.failure.flatMap { sealer.isFingerprint($0.fingerprint, of: grant) ? $0 : nil }
    }

    /// Until when another process may still store what it was sent for; nil when none may.
    ///
    /// A restart of the database takes its lock away, not its request. Only while the token lives:
    /// then waiting costs nothing.
    func settlement(_ parts: TokenParts) -> Date? {
        let now = parts.now()
        guard life.isAlive(at: now), let sent = sent(parts.sealer) else { return nil }
        let end = sent.at.adding(parts.policy.settlement)
        return end > now ? end : nil
    }

    /// The refresh of these very tokens that was sent and whose outcome is not stored.
    func sent(_ sealer: CredentialSealer) -> RefreshRecord.Sent? {
        record.sent.flatMap { sealer.isFingerprint($0.fingerprint, of: grant) ? $0 : nil }
    }
}
