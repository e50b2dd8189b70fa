/// Scopes for want of which a service refused a call, though the stored grant may name them.
///
/// A service can take a scope back without saying so to anyone. What was seen is believed for ten
/// minutes, until the credential is replaced, or until a call that needs the scope goes well.
final class ObservedGaps: Sendable {
    private static let life = 600.0

    private let seen = Locked<[ProviderID: [Scope: Date]]>([:])
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date = { Date() }) { self.now = now }

    func note(_ scope: Scope, of id: ProviderID, isMissing: Bool) {
        let end = now().addingTimeInterval(Self.life)
        seen.withLock { $0[id, default: [:]][scope] = isMissing ? end : nil }
    }

    func forget(_ id: ProviderID) { seen.withLock { $0[id] = nil } }

    private func scopes(_ id: ProviderID) -> Set<Scope> {
        let now = now()
        return seen.withLock { Set($0[id, default: [:]].filter { $0.value > now }.keys) }
    }

    /// The expected scopes that a grant does not satisfy, or does not any more.
    func gap(of scopes: [Scope], _ provider: any Provider) -> [Scope] {
        let gap = Set(provider.scopeGap(of: scopes)).union(self.scopes(provider.id))
        return provider.scopes.filter { gap.contains($0) }
    }

    /// What does not work; with a pasted key, whose scopes nobody knows, what was seen to fail.
    func missingFeatures(_ scopes: [Scope]?, _ provider: any Provider) -> [Feature] {
        let gap = scopes.map { self.gap(of: $0, provider) } ?? Array(self.scopes(provider.id))
        return provider.features(lacking: gap)
    }
}
