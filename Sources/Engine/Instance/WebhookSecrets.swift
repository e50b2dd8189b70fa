/// The secret that a provider's deliveries must carry: the environment's, else the minted one.
struct WebhookSecrets: Sendable {
    /// Its name among what is kept under the kind `derived`.
    static let member = "webhookSecret"

    enum Lookup: Sendable {
        case found(Secret)
        case none
        /// Something is stored that does not open.
        case unreadable(SealedRowError)
    }

    let store: CredentialStore
    let configurations: [ProviderID: ProviderConfiguration]
    /// What was found last, for as long as the database is away.
    private let last = Locked<[ProviderID: Lookup]>([:])
    private let recent = RecentSecrets()

    init(store: CredentialStore, configurations: [ProviderID: ProviderConfiguration]) {
        self.store = store
        self.configurations = configurations
    }

    func lookUp(_ provider: ProviderID) async throws(DatabaseError) -> Lookup {
        if let secret = configurations[provider]?.webhookSecret { return .found(secret) }
        do throws(DatabaseError) {
            let writes = store.writes.count
            let found = Self.secret(in: try await store.load(provider, .derived))
            if case .found(let secret) = found { recent.keep(secret, provider, writes) }
            last.withLock { $0[provider] = found }
            return found
        } catch .unavailable(let reason) {
            guard let found = last.withLock({ $0[provider] }) else {
                throw .unavailable(reason: reason)
            }
            return found
        }
    }

    private static func secret(in stored: StoredCredential?) -> Lookup {
        guard let stored else { return .none }
        switch stored.reading {
        case .failure(let failure): return .unreadable(failure)
        case .success(let contents):
            // An empty one would match an empty header.
            guard let text = contents[member]?.string, !text.isEmpty else { return .none }
            return .found(Secret(text))
        }
    }

    /// What counts without a look at the store: the one that was read there a moment ago, and the
    /// one that was in use before, as the environment says.
    ///
    /// What another process changes counts a second later; what this one does counts at once. What
    /// none of these proves is looked up.
    func known(_ provider: ProviderID) -> [Secret] {
        [
            recent.secret(provider, store.writes.count),
            configurations[provider]?.previousWebhookSecret,
        ].compactMap { $0 }
    }

    /// Whether there is one, and whether it can be read.
    func state(
        _ provider: ProviderID
    ) async throws(DatabaseError) -> (isConfigured: Bool, isReadable: Bool) {
        switch try await lookUp(provider) {
        case .found: (true, true)
        case .unreadable: (true, false)
        case .none: (false, false)
        }
    }

    /// The secret that is there, made and kept now when there is none.
    ///
    /// Another process may mint at the same time: the first to write wins, and both use that one.
    func secretMintingOne(
        _ provider: ProviderID, for verification: WebhookVerification
    ) async throws -> Secret {
        for _ in 0..<3 {
            switch try await lookUp(provider) {
            case .found(let secret): return secret
            case .unreadable(let failure): throw Self.unreadable(failure)
            case .none:
                let minted = [Self.member: verification.mintSecret()]
                try await merge(minted, into: provider, replacing: false)
            }
        }
        throw DatabaseError.failed(reason: "the webhook secret could not be kept")
    }

    /// Adds to what is derived; a row that cannot be opened is never overwritten.
    func merge(
        _ members: [String: Secret], into provider: ProviderID, replacing: Bool = true
    ) async throws(DatabaseError) {
        if members.isEmpty { return }
        let added = members.mapValues { JSONValue.string($0.reveal()) }
        for _ in 0..<5 {
            guard let stored = try await store.load(provider, .derived) else {
                if try await store.saveIfAbsent(provider, .derived, .object(added)) != nil {
                    return
                }
                continue
            }
            guard let old = stored.contents?.object else { return }
            let merged = old.merging(added) { replacing ? $1 : $0 }
            if merged == old { return }
            if try await store.swap(stored, for: .object(merged)) { return }
        }
        throw .failed(reason: "the derived row kept changing")
    }

    static func unreadable(_ failure: SealedRowError) -> APIError {
        APIError(
            409, "webhook_secret_unreadable",
            detail: "a webhook secret is stored, but \(failure.description)",
            remediation: failure.hint)
    }
}
