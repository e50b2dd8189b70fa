/// Keeps tokens alive beside instances, without serving anything, hands events to sinks, and gives a
/// program of the user's own a way to the services.
///
/// Several may run on one database, and beside instances: a token is refreshed once for all.
public final class Worker: Sendable {
    private let database: any Database
    private let tokens: TokenManager
    private let registry: ProviderRegistry
    private let finder: ServiceFinder
    private let sinks: [any EventSink]
    private let log: Log

    /// Opens the database that the environment names, as an instance does, and logs to stderr.
    ///
    /// `sinks` are handed events while it runs; `name` begins the `User-Agent` of requests. Throws
    /// an ``ActionableError`` for whatever cannot be used.
    public convenience init(
        _ environment: Environment, providers: [any Provider], sinks: [any EventSink] = [],
        name: String = "hogsend-worker"
    ) async throws {
        let registry = try ProviderRegistry(providers)
        try await self.init(
            InstanceConfiguration(environment, registry: registry), registry: registry,
            sinks: sinks,
            client: CurlClient(userAgent: name, certificateFile: environment.certificateFile),
            log: Log())
    }

    /// Opens the database and brings it up to date.
    package init(
        _ configuration: InstanceConfiguration, registry: ProviderRegistry,
        sinks: [any EventSink] = [], client: any HTTPClient, log: Log
    ) async throws {
        guard Set(sinks.map(\.name)).count == sinks.count else {
            throw ConfigurationError(
                "two sinks have one name", hint: "give each sink of the program its own name")
        }
        database = try await configuration.database.open()
        try await Migrator(database, Instance.migrations).migrate()
        tokens = try TokenManager(configuration, registry, database, client: client, log: log)
        finder = ServiceFinder(
            tokens: tokens, configurations: configuration.providers, client: client,
            gaps: ObservedGaps())
        self.registry = registry
        self.sinks = sinks
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
        await withTaskGroup(of: Void.self) { group in
            for sink in sinks { group.addTask { await self.consume(sink) } }
            await tokens.run()
        }
        await tokens.end()
        await database.close()
        log(.info, "stopped")
    }

    private func consume(_ sink: any EventSink) async {
        let log = log
        await EventConsumer(sink, database) { report in
            switch report {
            case .failed(let name, let next):
                log(
                    .warning, "sink_failed",
                    [
                        "sink": .text(name),
                        "nextAttemptSeconds": .integer(next.milliseconds / 1000),
                    ])
            case .recovered(let name): log(.info, "sink_recovered", ["sink": .text(name)])
            }
        }.run()
    }
}
