/// Keeps tokens in memory, fresh, and the same in all processes of one database.
///
/// A refresh happens once at a time for each provider, in this process and in all; its new token is
/// stored before anyone gets it. Those who ask are never cancelled halfway: a refresh that was sent
/// runs to its end.
package actor TokenManager {
    let parts: TokenParts
    let registry: ProviderRegistry
    var held: [ProviderID: HeldGrant] = [:]
    /// Providers that had no usable row, and until when that is believed.
    var absent: [ProviderID: Date] = [:]
    private var flights: [ProviderID: Flight] = [:]
    /// Counts changes of `held`, so that a slow reading does not undo a later one.
    var revision = 0
    var revisions: [ProviderID: Int] = [:]
    var lastSync = Date.distantPast

    static let recheck = 30.0

    package init(_ parts: TokenParts, registry: ProviderRegistry) {
        self.parts = parts
        self.registry = registry
    }

    // MARK: Asking

    /// For reads, which must not fail: nil means none, and the caller does without.
    package func token(ifAny id: ProviderID) async -> Secret? {
        if let grant = held[id], grant.life.isFresh(at: parts.now()) {
            return grant.grant.accessToken
        }
        return await grant(ifAny: id)?.accessToken
    }

    /// For a request to `host`: nil as well when the grant is for another one.
    package func token(ifAny id: ProviderID, at host: URL) async -> Secret? {
        guard let grant = await grant(ifAny: id), grant.host.origin == host.origin else {
            return nil
        }
        return grant.accessToken
    }

    private func grant(ifAny id: ProviderID) async -> Grant? {
        if let until = absent[id], parts.now() < until { return nil }
        if held[id] == nil { try? await reload(id) }
        return try? await usable(id)
    }

    /// What a grant is about, for reads: memory is believed, and for a while also that none is there.
    package func knownSummary(of id: ProviderID) async throws(DatabaseError) -> GrantSummary? {
        if let until = absent[id], parts.now() < until { return nil }
        if held[id] == nil { try await reload(id) }
        return held[id].map { GrantSummary($0.grant) }
    }

    /// What memory or the database holds, usable or not; for those who ask what a grant is about.
    package func summary(of id: ProviderID) async throws(DatabaseError) -> GrantSummary? {
        do throws(DatabaseError) {
            try await reload(id)
        } catch {
            guard held[id] != nil else { throw error }
        }
        return held[id].map { GrantSummary($0.grant) }
    }

    /// The grant with a usable token; looks at the database first, for one just stored elsewhere.
    package func grant(for id: ProviderID) async throws(TokenError) -> Grant {
        do throws(DatabaseError) {
            try await reload(id)
        } catch {
            guard held[id] != nil else { throw .database(error) }
        }
        return try await usable(id)
    }

    /// A token instead of one that the service refused; nil when there is no other.
    package func token(insteadOf refused: Secret, of id: ProviderID) async -> Secret? {
        guard let current = held[id] else { return nil }
        if current.grant.accessToken != refused { return current.grant.accessToken }
        let youth = current.record.refreshedAt.map { parts.now().timeIntervalSince($0) }
        if let youth, youth < Double(parts.policy.youth.milliseconds) / 1000 { return nil }
        guard case .held(let renewed) = await refreshed(id, .replacing(refused)),
            renewed.grant.accessToken != refused
        else { return nil }
        return renewed.grant.accessToken
    }

    /// Refreshes now, whatever is known of earlier failures.
    package func refresh(_ id: ProviderID) async throws(TokenError) -> HeldGrant {
        try await found(refreshed(id, .forced), id)
    }

    private func usable(_ id: ProviderID) async throws(TokenError) -> Grant {
        guard let current = held[id] else { throw .notConnected(id) }
        if current.life.isFresh(at: parts.now()) { return current.grant }
        guard current.life.isAlive(at: parts.now()) else {
            if let refusal = standing(current, id) { throw refusal }
            return try await found(refreshed(id, .due), id).grant
        }
        // The old token still serves: it is worth waiting for the new one, but not for long.
        if isDue(current),
            case .held(let renewed)? = await start(id, .due).outcome(within: parts.policy.courtesy)
        {
            return renewed.grant
        }
        return (held[id] ?? current).grant
    }

    /// Whether an attempt may be made now.
    func isDue(_ current: HeldGrant) -> Bool {
        current.grant.refreshToken != nil
            && current.failure(parts.sealer)?.stands(at: parts.now()) != true
    }

    private func standing(_ current: HeldGrant, _ id: ProviderID) -> TokenError? {
        current.failure(parts.sealer).flatMap { TokenError($0, id, at: parts.now()) }
    }

    private func found(
        _ outcome: TokenRefresh.Outcome, _ id: ProviderID
    ) throws(TokenError) -> HeldGrant {
        switch outcome {
        case .held(let grant): return grant
        case .absent: throw .notConnected(id)
        case .unreadable: throw .unreadable(id)
        case .failed(_, let error): throw error
        }
    }

    // MARK: Refreshing

    private func refreshed(
        _ id: ProviderID, _ demand: TokenRefresh.Demand
    ) async -> TokenRefresh.Outcome {
        await start(id, demand).outcome.value
    }

    /// The refresh that is under way, or a new one.
    @discardableResult
    func start(
        _ id: ProviderID, _ demand: TokenRefresh.Demand
    ) -> Flight {
        if let flight = flights[id] { return flight }
        let flight = Flight()
        flights[id] = flight
        let refresh = TokenRefresh(
            id: id, demand: demand, parts: parts, provider: provider(id),
            unsaved: held[id].flatMap { $0.unsaved == nil ? nil : $0 })
        let start = revision
        Task {
            let outcome = await refresh.run()
            let wasOvertaken = self.revisions[id, default: 0] > start
            self.land(id, outcome)
            // What others stored meanwhile was seen before, and may be newer than what came of it.
            if wasOvertaken { try? await self.reload(id) }
            flight.outcome.settle(outcome)
        }
        return flight
    }

    private func land(_ id: ProviderID, _ outcome: TokenRefresh.Outcome) {
        flights[id] = nil
        switch outcome {
        case .held(let grant), .failed(let grant?, _): keep(grant, for: id)
        case .absent, .unreadable: keep(nil, for: id)
        case .failed(nil, _): break
        }
    }

    /// Providers whose new token is in memory alone.
    package var unsaved: [ProviderID] {
        held.filter { $0.value.unsaved != nil }.keys.sorted { $0.rawValue < $1.rawValue }
    }

    /// Lets what is under way come to its end.
    package func finish() async {
        for flight in flights.values { _ = await flight.outcome.value }
    }

    // MARK: Memory

    func keep(_ grant: HeldGrant?, for id: ProviderID) {
        revision += 1
        revisions[id] = revision
        held[id] = grant
        absent[id] = grant == nil ? parts.now().addingTimeInterval(Self.recheck) : nil
    }

    func fields(_ id: ProviderID) -> [GrantField] {
        provider(id)?.grantFields ?? []
    }

    func provider(_ id: ProviderID) -> (any Provider)? { try? registry.provider(id.rawValue) }
}

/// A refresh that is under way.
struct Flight: Sendable {
    let outcome = Promise<TokenRefresh.Outcome>()
    private let departure = ContinuousClock.now

    /// Nil when it takes longer than `limit` from its start on, whoever waits and since when.
    func outcome(within limit: Duration) async -> TokenRefresh.Outcome? {
        await outcome.value(within: max(.zero, departure + limit - .now))
    }
}
