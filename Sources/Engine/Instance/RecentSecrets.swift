/// Secrets that were read from the store within the last second, so that a stream of deliveries does
/// not open the same row for each.
final class RecentSecrets: Sendable {
    private struct Entry {
        let keys: WebhookKeys
        let since: ContinuousClock.Instant
        let writes: Int
    }

    private static let life = Duration.seconds(1)

    private let entries = Locked<[ProviderID: Entry]>([:])

    /// `writes` is how often this process had written when the row was about to be read.
    func keep(_ keys: WebhookKeys, _ provider: ProviderID, _ writes: Int) {
        let entry = Entry(keys: keys, since: .now, writes: writes)
        entries.withLock { $0[provider] = entry }
    }

    func keys(_ provider: ProviderID, _ writes: Int) -> WebhookKeys? {
        guard let entry = entries.withLock({ $0[provider] }), entry.writes == writes,
            entry.since.duration(to: .now) < Self.life
        else { return nil }
        return entry.keys
    }
}
