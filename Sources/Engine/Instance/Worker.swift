/// Keeps tokens alive beside instances, without serving anything, and gives a program of the user's
/// own a way to the services.
///
/// Several may run on one database, and beside instances: a token is refreshed once for all.
public final class Worker: Sendable {
    private let database: any Database
    private let tokens: TokenManager
    private let registry: ProviderRegistry
    private let finder: ServiceFinder
    private let log: Log

    /// Opens the database that the environment names, as an instance does, and logs to stderr.
    ///
    /// `name` begins the `User-Agent` of requests. Throws an ``ActionableError`` for whatever
    /// cannot be used.
    public convenience init(
        _ environment: Environment, providers: [any Provider], name: String = "hogsend-worker"
    ) async throws {
        let registry = try ProviderRegistry(providers)
        try await self.init(
            InstanceConfiguration(environment, registry: registry), registry: registry,
            client: CurlClient(userAgent: name, certificateFile: environment.certificateFile),
            log: Log())
    }

    /// Opens the database and brings it up to date.
    package init(
        _ configuration: InstanceConfiguration, registry: ProviderRegistry,
        client: any HTTPClient, log: Log
    ) async throws {
        database = try await configuration.database.open()
        try await Migrator(database, Instance.migrations).migrate()
        tokens = try TokenManager(configuration, registry, database, client: client, log: log)
        finder = ServiceFinder(
            tokens: tokens, configurations: configuration.providers, client: client,
            gaps: ObservedGaps())
        self.registry = registry
        self.log = log
    }

    /// A way to a provider's service, good while this worker runs.
    ///
    /// - Throws: ``UnknownProvider`` for an id that is none of the worker's providers'.
    public func access(to id: ProviderID) throws(UnknownProvider) -> ProviderAccess {
        finder.access(to: try registry.provider(id.rawValue))
    }

    /// Works until the task is cancelled; then ends what is under way and closes the database.
    public func run() async {
        log(.info, "working")
        await tokens.run()
        await tokens.end()
        await database.close()
        log(.info, "stopped")
    }
}
