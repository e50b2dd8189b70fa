extension TokenManager {
    /// The tokens of an instance or a worker.
    package init(
        _ configuration: InstanceConfiguration, _ registry: ProviderRegistry,
        _ database: any Database, client: any HTTPClient, log: Log,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        let sealer = try CredentialSealer(
            secret: configuration.authSecret, previous: configuration.previousAuthSecrets)
        let alerts = configuration.alertURL.map {
            Alerts(url: $0, instance: configuration.publicURL, client: client, log: log)
        }
        let tell = TokenLog(log: log, alerts: alerts)
        self.init(
            TokenParts(
                database: database, sealer: sealer, client: client, now: now, report: { tell($0) }),
            registry: registry)
    }
}
