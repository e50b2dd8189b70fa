extension TokenManager {
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

    /// New tokens that no row holds yet.
    func unsavedGrant(of id: ProviderID) -> Grant? {
        held[id].flatMap { $0.unsaved == nil ? nil : $0.grant }
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
        let youth = current.record.refreshedAt.map { abs(parts.now().timeIntervalSince($0)) }
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
            && current.settlement(parts) == nil
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
}
