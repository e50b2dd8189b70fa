/// The secrets that a provider's deliveries must carry: the environment's, else the minted ones, else
/// the one that a user pasted to connect.
struct WebhookSecrets: Sendable {
    enum Lookup: Sendable {
        case found(WebhookKeys)
        case none
        /// Something is stored that does not open.
        case unreadable(SealedRowError)
    }

    let store: CredentialStore
    let configurations: [ProviderID: ProviderConfiguration]
    /// The names of the pasted values that deliveries are verified with.
    let pasted: [ProviderID: String]
    let now: @Sendable () -> Date
    /// The environment's.
    private let fixed: [ProviderID: WebhookKeys]
    /// What was found last, for as long as the database is away.
    private let last = Locked<[ProviderID: Lookup]>([:])
    private let recent = RecentSecrets()
    /// Whose signature is being noted.
    private let noting = Locked<Set<ProviderID>>([])

    init(
        store: CredentialStore, configurations: [ProviderID: ProviderConfiguration],
        providers: [any Provider] = [], now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.configurations = configurations
        pasted = providers.reduce(into: [:]) { names, provider in
            names[provider.id] = provider.authentication.deliveryField?.name
        }
        self.now = now
        fixed = configurations.compactMapValues { configuration in
            configuration.webhookSecret.map { secret in
                var keys = WebhookKeys(current: secret)
                keys.previous = configuration.previousWebhookSecret
                return keys
            }
        }
    }

    // MARK: Reading

    func lookUp(_ provider: ProviderID) async throws(DatabaseError) -> Lookup {
        if let keys = fixed[provider] { return .found(keys) }
        do throws(DatabaseError) {
            let writes = store.writes.count
            let found = try await stored(provider)
            if case .found(let keys) = found { recent.keep(keys, provider, writes) }
            last.withLock { $0[provider] = found }
            return found
        } catch .unavailable(let reason) {
            // That there was none is no answer: another process may have stored one since.
            guard case .found(var keys)? = last.withLock({ $0[provider] }) else {
                throw .unavailable(reason: reason)
            }
            keys.isRemembered = true
            return .found(keys)
        }
    }

    /// What was minted, else what was pasted.
    private func stored(_ provider: ProviderID) async throws(DatabaseError) -> Lookup {
        let minted = keys(in: try await store.load(provider, .derived), provider)
        guard case .none = minted, let name = pasted[provider],
            let row = try await store.load(provider, .apiKey)
        else { return minted }
        switch row.reading {
        case .failure(let failure): return .unreadable(failure)
        case .success(let contents):
            guard let text = contents["keys"]?[name]?.string, !text.isEmpty else { return .none }
            var keys = WebhookKeys(current: Secret(text))
            keys.isPasted = true
            keys.previous = previous(provider)
            return .found(keys)
        }
    }

    private func keys(in stored: StoredCredential?, _ provider: ProviderID) -> Lookup {
        guard let stored else { return .none }
        switch stored.reading {
        case .failure(let failure): return .unreadable(failure)
        case .success(let contents):
            guard var keys = WebhookKeys(contents) else { return .none }
            keys.previous = previous(provider)
            return .found(keys)
        }
    }

    /// What the environment says, or what was read from the store a moment ago.
    ///
    /// What another process changes counts a second later; what this one does counts at once. What
    /// these do not prove is looked up.
    func recentKeys(_ provider: ProviderID) -> WebhookKeys? {
        fixed[provider] ?? recent.keys(provider, store.writes.count)
    }

    /// The one that was in use before, as the environment says.
    func previous(_ provider: ProviderID) -> Secret? {
        configurations[provider]?.previousWebhookSecret
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
        _ provider: ProviderID, for source: WebhookSource
    ) async throws -> WebhookKeys {
        let isFixed = configurations[provider]?.webhookSecret != nil
        for _ in 0..<3 {
            if let keys = try await keys(provider),
                isFixed || source.signature == nil || keys.signing != nil
            {
                return keys
            }
            let minted = Self.minted(source)
            try await update(provider) { members in
                var keys = WebhookKeys(.object(members)) ?? minted
                keys.signing = keys.signing ?? minted.signing
                return members.merging(keys.members) { $1 }
            }
        }
        throw DatabaseError.failed(reason: "the webhook secret could not be kept")
    }

    private static func minted(_ source: WebhookSource) -> WebhookKeys {
        var keys = WebhookKeys(current: source.verification.mintSecret())
        keys.signing = source.signature.map { SigningState(secret: $0.mintSecret()) }
        return keys
    }

    /// Makes a new secret the current one, in one write with all that must know it.
    func rotate(
        _ provider: ProviderID, for source: WebhookSource
    ) async throws -> WebhookKeys {
        let minted = Self.minted(source)
        try await update(provider) { members in
            guard let old = WebhookKeys(.object(members)) else {
                return members.merging(minted.members) { $1 }
            }
            let keys = try old.rotated(
                to: minted.current, signing: minted.signing?.secret, at: now())
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
        _ provider: ProviderID, sent: WebhookKeys?, _ report: ProvisionReport, grace: Duration
    ) async throws -> Bool {
        let end = now().addingTimeInterval(grace / .seconds(1))
        let isFixed = configurations[provider]?.webhookSecret != nil
        var isOvertaken = false
        try await update(provider) { members in
            let derived = report.derived.filter { !StoredCredential.ownMembers.contains($0.key) }
            var new = members.merging(derived.mapValues { .string($0.reveal()) }) { $1 }
            var keys = isFixed ? nil : WebhookKeys(.object(members))
            isOvertaken = sent.flatMap { sent in keys.map { $0.current != sent.current } } ?? false
            if isOvertaken { return members }
            if let issued = report.webhookSecret { keys = keys.adopting(issued, at: now()) }
            // Of one that was just made nothing unsigned is under way.
            let start = report.action == .created ? now() : end
            let signing = keys?.signing?.confirmed(by: report.signedObject, from: start)
            keys?.signing = signing
            if let keys { new.merge(keys.settled(until: end).members) { $1 } }
            return new
        }
        return !isOvertaken
    }

    // MARK: Signatures

    /// Notes the first signed delivery, and the first one that should have been.
    ///
    /// A failure is no matter: the next delivery is noted.
    func note(_ standing: DeliveryStanding, of provider: ProviderID, _ keys: WebhookKeys) async {
        guard let signing = keys.signing else { return }
        switch standing {
        case .known(isSigned: true) where signing.isAwaited:
            await note(provider) { $0.isAwaited ? $0.seen() : $0 }
        case .unsigned where signing.refusedAt == nil:
            let moment = now()
            await note(provider) { $0.refused(at: moment) }
        default: break
        }
    }

    private func note(
        _ provider: ProviderID, _ change: (SigningState) -> SigningState
    ) async {
        guard noting.withLock({ $0.insert(provider).inserted }) else { return }
        try? await update(provider) { members in
            guard let signing = SigningState(members[SigningState.member]) else { return members }
            return members.merging([SigningState.member: change(signing).member]) { $1 }
        }
        noting.withLock { _ = $0.remove(provider) }
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
                !WebhookKeys.ownMembers.contains($0.key) || $0.value != .null
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
