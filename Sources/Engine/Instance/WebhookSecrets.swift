/// The secrets that a provider's deliveries must carry: the environment's, else the minted ones.
struct WebhookSecrets: Sendable {
    enum Lookup: Sendable {
        case found(WebhookKeys)
        case none
        /// Something is stored that does not open.
        case unreadable(SealedRowError)
    }

    let store: CredentialStore
    let configurations: [ProviderID: ProviderConfiguration]
    let now: @Sendable () -> Date
    /// What was found last, for as long as the database is away.
    private let last = Locked<[ProviderID: Lookup]>([:])
    private let recent = RecentSecrets()

    init(
        store: CredentialStore, configurations: [ProviderID: ProviderConfiguration],
        now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.configurations = configurations
        self.now = now
    }

    // MARK: Reading

    func lookUp(_ provider: ProviderID) async throws(DatabaseError) -> Lookup {
        if let secret = configurations[provider]?.webhookSecret {
            return .found(WebhookKeys(current: secret))
        }
        do throws(DatabaseError) {
            let writes = store.writes.count
            let found = Self.keys(in: try await store.load(provider, .derived))
            if case .found(let keys) = found { recent.keep(keys, provider, writes) }
            last.withLock { $0[provider] = found }
            return found
        } catch .unavailable(let reason) {
            guard let found = last.withLock({ $0[provider] }) else {
                throw .unavailable(reason: reason)
            }
            guard case .found(var keys) = found else { return found }
            keys.isRemembered = true
            return .found(keys)
        }
    }

    private static func keys(in stored: StoredCredential?) -> Lookup {
        guard let stored else { return .none }
        switch stored.reading {
        case .failure(let failure): return .unreadable(failure)
        case .success(let contents): return WebhookKeys(contents).map { .found($0) } ?? .none
        }
    }

    /// What counts without a look at the store: what was read there a moment ago, and the one that
    /// was in use before, as the environment says.
    ///
    /// What another process changes counts a second later; what this one does counts at once. What
    /// none of these proves is looked up.
    func known(_ provider: ProviderID) -> [Secret] {
        (recent.keys(provider, store.writes.count)?.accepted(at: now()) ?? [])
            + [configurations[provider]?.previousWebhookSecret].compactMap { $0 }
    }

    /// What there is; throws for what cannot be read.
    func keys(_ provider: ProviderID) async throws -> WebhookKeys? {
        switch try await lookUp(provider) {
        case .found(let keys): return keys
        case .none: return nil
        case .unreadable(let failure): throw Self.unreadable(failure)
        }
    }

    // MARK: Minting and rotating

    /// What is there, made and kept now when there is none.
    ///
    /// Another process may mint at the same time: the first to write wins, and both use that one.
    func mintingOne(
        _ provider: ProviderID, for verification: WebhookVerification
    ) async throws -> WebhookKeys {
        for _ in 0..<3 {
            if let keys = try await keys(provider) { return keys }
            let minted = WebhookKeys(current: verification.mintSecret())
            try await update(provider) { members in
                WebhookKeys(.object(members)) == nil
                    ? members.merging(minted.members) { $1 } : members
            }
        }
        throw DatabaseError.failed(reason: "the webhook secret could not be kept")
    }

    /// Makes a new secret the current one, in one write with all that must know it.
    func rotate(
        _ provider: ProviderID, for verification: WebhookVerification
    ) async throws -> WebhookKeys {
        let minted = verification.mintSecret()
        try await update(provider) { members in
            guard let old = WebhookKeys(.object(members)) else {
                return members.merging(WebhookKeys(current: minted).members) { $1 }
            }
            let keys = try old.rotated(to: minted, at: now())
            let entry = UndoEntry(members[UndoJournal.member])?.renewed(by: keys)
            return members.merging(keys.members) { $1 }
                .merging(try UndoJournal.members(entry)) { $1 }
        }
        guard let keys = try await keys(provider) else {
            throw DatabaseError.failed(reason: "the webhook secret could not be kept")
        }
        return keys
    }

    /// Keeps what was learnt, once the service has the secret in `sent`: what went before it counts
    /// for the time of grace.
    ///
    /// False, and nothing is kept, when another process has made a newer one since.
    func settle(
        _ provider: ProviderID, sent: WebhookKeys?, issued: Secret?, grace: Duration,
        learning: [String: Secret]
    ) async throws -> Bool {
        let end = now().addingTimeInterval(grace / .seconds(1))
        let isFixed = configurations[provider]?.webhookSecret != nil
        var isOvertaken = false
        try await update(provider) { members in
            var new = members.merging(learning.mapValues { .string($0.reveal()) }) { $1 }
            var keys = isFixed ? nil : WebhookKeys(.object(members))
            isOvertaken = sent.flatMap { sent in keys.map { $0.current != sent.current } } ?? false
            if isOvertaken { return members }
            if let issued { keys = keys.adopting(issued, at: now()) }
            if let keys { new.merge(keys.settled(until: end).members) { $1 } }
            return new
        }
        return !isOvertaken
    }

    /// Changes what is derived.
    ///
    /// A row that cannot be opened is never overwritten.
    private func update(
        _ provider: ProviderID,
        _ change: ([String: JSONValue]) throws -> [String: JSONValue]
    ) async throws {
        for _ in 0..<20 {
            let stored = try await store.load(provider, .derived)
            guard let old = stored.map({ $0.contents?.object }) ?? [:] else { return }
            let new = try change(old).filter {
                $0.key != WebhookKeys.earlierMember || $0.value != .null
            }
            if new == old { return }
            if let stored {
                if try await store.swap(stored, for: .object(new)) { return }
            } else if try await store.saveIfAbsent(provider, .derived, .object(new)) != nil {
                return
            }
        }
        throw DatabaseError.failed(reason: "the derived row kept changing")
    }

    static func unreadable(_ failure: SealedRowError) -> APIError {
        APIError(
            409, "webhook_secret_unreadable",
            detail: "a webhook secret is stored, but \(failure.description)",
            remediation: failure.hint)
    }
}
