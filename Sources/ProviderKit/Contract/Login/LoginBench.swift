import Engine

/// A whole login in this process: an authorization server that fails as it is told, an instance on
/// a database, and a browser without hands.
struct LoginBench: Sendable {
    let server: FakeAuthorizationServer
    let desk: ContractDesk
    let provider: any Provider
    private let events = Locked<[ConnectEvent]>([])
    private let pages = Locked<[HTTPResponse]>([])

    static func open(
        _ subject: ContractSubject, _ edit: (inout AuthorizationScript) -> Void = { _ in },
        _ body: (LoginBench) async throws -> Void
    ) async throws {
        var script = AuthorizationScript()
        edit(&script)
        let server = try FakeAuthorizationServer.start(script)
        defer { server.stop() }
        try await ContractDesk.open(subject.provider) { desk in
            try await body(
                LoginBench(server: server, desk: desk, provider: subject.provider))
        }
    }

    init(server: FakeAuthorizationServer, desk: ContractDesk, provider: any Provider) {
        self.server = server
        self.desk = desk
        self.provider = provider
    }

    var origin: String { server.origin.absoluteString }
    var reported: [ConnectEvent] { events.withLock { $0 } }
    var shown: [HTTPResponse] { pages.withLock { $0 } }
    var authorizations: [RecordedRequest] { server.requests(to: "/authorize") }
    var exchanges: [RecordedRequest] { server.requests(to: "/token") }

    /// Opens an address as the user would, and keeps the page at the end.
    @Sendable func browse(_ url: URL) async {
        guard let page = try? await LoopbackBrowser().open(url) else { return }
        pages.withLock { $0.append(page) }
    }

    /// Runs until the browser has its page, too; provisioning is left out.
    func connect(
        host: String? = nil, client: any HTTPClient = CurlClient(),
        timeout: Duration = .seconds(10), visit: (@Sendable (URL) async -> Void)? = nil
    ) async -> Result<ConnectOutcome, ConnectError> {
        let login = HandlessLogin(
            provider, on: instance, client: client, events: events, visit: visit ?? browse)
        return await login.run(at: host.flatMap { URL(string: $0) } ?? server.origin) {
            $0.timeout = timeout
        }
    }

    private var instance: InstanceClient {
        InstanceClient(
            url: URL(string: ContractDesk.publicURL) ?? server.origin,
            adminKey: Secret(ContractDesk.adminKey), client: DeskClient(desk: desk))
    }

    /// Connects, which must succeed.
    func connected() async throws -> ConnectOutcome {
        switch await connect() {
        case .success(let outcome): return outcome
        case .failure(let error): throw Broken("the login ended with '\(error.description)'")
        }
    }
}

/// A client with less patience than the engine has, so that checks are quick.
struct HurriedClient: HTTPClient {
    var limit = Duration.milliseconds(700)

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        var request = request
        request.timeout = min(request.timeout, limit)
        return try await CurlClient().send(request)
    }
}

extension Result where Failure == ConnectError {
    /// The verdict; `connected` for none.
    var verdict: String {
        if case .failure(let error) = self { error.code } else { "connected" }
    }

    var refusal: ConnectError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
