/// Keeps tokens alive beside instances, without serving anything.
package final class Worker: Sendable {
    private let database: any Database
    private let tokens: TokenManager
    private let log: Log

    /// Opens the database and brings it up to date.
    package init(
        _ configuration: InstanceConfiguration, registry: ProviderRegistry,
        client: any HTTPClient, log: Log
    ) async throws {
        database = try await configuration.database.open()
        try await Migrator(database, Instance.migrations).migrate()
        tokens = try TokenManager(configuration, registry, database, client: client, log: log)
        self.log = log
    }

    /// Works until the task is cancelled; then ends what is under way.
    package func run() async {
        log(.info, "working")
        await tokens.run()
        await tokens.finish()
        await database.close()
        log(.info, "stopped")
    }
}
