package import Engine

/// A `connect` in this process whose browser is a function; nobody is asked, and provisioning is left
/// out.
package struct HandlessLogin: Sendable {
    private let provider: any Provider
    private let instance: InstanceClient
    private let client: any HTTPClient
    private let events: Locked<[ConnectEvent]>
    private let visit: @Sendable (URL) async -> Void

    /// `visit` is given what a user would open, and `events` what he is told.
    package init(
        _ provider: any Provider, on instance: InstanceClient, client: any HTTPClient,
        events: Locked<[ConnectEvent]>, visit: @escaping @Sendable (URL) async -> Void
    ) {
        self.provider = provider
        self.instance = instance
        self.client = client
        self.events = events
        self.visit = visit
    }

    /// Runs until the browser has its page, too.
    package func run(
        at host: URL, _ edit: (inout ConnectOptions) -> Void = { _ in }
    ) async -> Result<ConnectOutcome, ConnectError> {
        var options = ConnectOptions()
        options.host = host
        options.skipsProvisioning = true
        options.opensBrowser = false
        options.timeout = .seconds(10)
        edit(&options)
        let visits = Locked<[Task<Void, Never>]>([])
        let flow = ConnectFlow(
            provider: provider, options: options, instance: instance, client: client,
            browser: BrowserLauncher(environment: [:]), prompt: nil
        ) { [events, visit] event in
            events.withLock { $0.append(event) }
            guard case .openByHand(let url, _) = event else { return }
            let task = Task { await visit(url) }
            visits.withLock { $0.append(task) }
        }
        let result: Result<ConnectOutcome, ConnectError>
        do throws(ConnectError) {
            result = .success(try await flow.run())
        } catch {
            result = .failure(error)
        }
        for task in visits.withLock({ $0 }) { await task.value }
        return result
    }
}
