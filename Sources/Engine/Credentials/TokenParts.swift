/// What tokens are kept alive with.
package struct TokenParts: Sendable {
    let database: any Database
    let store: CredentialStore
    let journal: RefreshJournal
    let disconnects: DisconnectJournal
    let sealer: CredentialSealer
    let client: any HTTPClient
    let policy: RefreshPolicy
    let now: @Sendable () -> Date
    let report: @Sendable (TokenEvent) -> Void
    /// From then on nothing is sent any more.
    let isEnding = CancellationFlag()

    package init(
        database: any Database, sealer: CredentialSealer, client: any HTTPClient,
        policy: RefreshPolicy = RefreshPolicy(), now: @escaping @Sendable () -> Date = { Date() },
        report: @escaping @Sendable (TokenEvent) -> Void = { _ in }
    ) {
        self.database = database
        store = CredentialStore(database, sealer: sealer)
        journal = RefreshJournal(database)
        disconnects = DisconnectJournal(database, sealer: sealer)
        self.sealer = sealer
        self.client = client
        self.policy = policy
        self.now = now
        self.report = report
    }
}
