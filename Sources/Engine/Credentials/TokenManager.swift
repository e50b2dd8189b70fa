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

    // MARK: Refreshing

    func refreshed(
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
        while let flight = flights.values.first { _ = await flight.outcome.value }
    }

    /// Begins nothing more, and tries once more to store what is in memory alone.
    package func end() async {
        parts.isEnding.set()
        await finish()
        for (id, current) in held {
            if let unsaved = current.unsaved { await saveAgain(id, current, unsaved) }
        }
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
