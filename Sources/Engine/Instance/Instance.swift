/// The server side: stores grants, provisions, takes deliveries.
package final class Instance: Sendable {
    package static let migrations = [
        CredentialStore.migration, EventStore.migration, RefreshJournal.migration,
        EventStore.arrivalMigration, DisconnectJournal.migration, TestEvents.migration,
        EventStore.indexMigration,
    ]
    private static let bodyLimit = 1 << 20
    private static let webhookBodyLimit = 4 << 20

    private let database: any Database
    private let server: MicroHTTPServer
    private let log: Log
    private let tokens: TokenManager
    private let upkeep: Task<Void, Never>
    private let retention: Task<Void, Never>?
    package let port: UInt16

    /// Opens the database, brings it up to date, and listens.
    package init(
        _ configuration: InstanceConfiguration, registry: ProviderRegistry, version: String,
        client: any HTTPClient, log: Log
    ) async throws {
        for warning in configuration.warnings {
            log(.warning, "configuration", ["text": .text(warning)])
        }
        let database = try await configuration.database.open()
        let migrator = Migrator(database, Self.migrations)
        try await migrator.migrate()
        let tokens = try TokenManager(
            configuration, registry, database, client: client, log: log)
        let routes = try Self.routes(
            configuration, registry, migrator, tokens, version: version, client: client, log: log)
        var limits = MicroHTTPServer.Limits()
        let webhooks = Array("\(APIPath.webhooks)/".utf8)
        limits.body = {
            $0.utf8.starts(with: webhooks) ? Self.webhookBodyLimit : Self.bodyLimit
        }
        limits.onRefusal = { method, status in
            log(.warning, "refused", ["method": .text(method), "status": .integer(status)])
        }
        limits.onAnswers = { RequestLog.note($0, in: log) }
        let sockets = try InstanceSockets.open(configuration, log)
        server = try MicroHTTPServer(
            on: sockets, limits: limits, counters: routes.counters,
            handler: RequestLog.logged(routes.router, log))
        self.database = database
        self.log = log
        self.tokens = tokens
        upkeep = Task { await tokens.run() }
        retention = configuration.retentionDays.map { days in
            Task { await EventRetention(database: database, days: days, log: log).run() }
        }
        port = server.ports.first ?? configuration.port
        for (address, socket) in zip(configuration.addresses, sockets) {
            log(
                .info, "listening",
                ["address": .text(address.host), "port": .integer(Int(socket.port))])
        }
    }

    /// Lets running requests end, then closes the database.
    package func stop() async {
        log(.info, "stopping")
        await server.stop()
        upkeep.cancel()
        await upkeep.value
        retention?.cancel()
        await retention?.value
        // A refresh that was sent is waited for: its answer may hold the only good token.
        await tokens.end()
        await database.close()
        log(.info, "stopped")
    }

    /// Every route of the instance, without a socket.
    package static func router(
        _ configuration: InstanceConfiguration, _ registry: ProviderRegistry,
        _ migrator: Migrator, _ tokens: TokenManager, version: String, client: any HTTPClient,
        log: Log, patience: Duration = .seconds(10)
    ) throws -> Router {
        try routes(
            configuration, registry, migrator, tokens, version: version, client: client, log: log,
            patience: patience
        ).router
    }

    private static func routes(
        _ configuration: InstanceConfiguration, _ registry: ProviderRegistry,
        _ migrator: Migrator, _ tokens: TokenManager, version: String, client: any HTTPClient,
        log: Log, patience: Duration = .seconds(10)
    ) throws -> InstanceRoutes {
        let database = tokens.parts.database
        let tests = TestEvents(database, sealer: tokens.parts.sealer)
        let refused = RefusedDeliveries()
        let secrets = WebhookSecrets(
            store: tokens.parts.store, configurations: configuration.providers,
            providers: registry.providers, now: tokens.parts.now)
        var routes = InstanceRoutes(AdminAuthentication(key: configuration.adminKey), log)
        let gaps = ObservedGaps(now: tokens.parts.now)
        routes.add(HealthRoute(migrator: migrator, tokens: tokens, version: version))
        routes.add(
            ClientMetadataRoute(registry: registry, publicURL: configuration.publicURL))
        routes.add(CredentialRoutes(tokens: tokens, registry: registry, gaps: gaps))
        routes.add(
            ConnectInfoRoute(
                tokens: tokens, registry: registry, secrets: secrets, gaps: gaps,
                configuration: configuration))
        let provisioner = Provisioner(
            tokens: tokens, secrets: secrets, configuration: configuration, client: client,
            proof: LoopProof.Means(tests: tests, refused: refused, patience: patience))
        routes.add(ProvisionRoute(registry: registry, provisioner: provisioner))
        routes.add(DisconnectRoute(registry: registry, provisioner: provisioner, gaps: gaps))
        let intake = EventIntake(EventStore(database, leavingOut: tests))
        routes.add(
            WebhookRoute(
                registry: registry, secrets: secrets, intake: intake,
                disconnects: tokens.parts.disconnects, tests: tests, refused: refused,
                now: tokens.parts.now))
        routes.add(EventRoutes(intake: intake, log: log))
        let finder = ServiceFinder(
            tokens: tokens, configurations: configuration.providers, client: client, gaps: gaps)
        routes.add(
            ProviderAdminRoutes(providers: registry.providers.map { ($0, finder.access(to: $0)) }))
        return routes
    }
}
