import Engine
import ProviderKit

/// A whole `connect` in this process: a fake authorization server, a scripted instance, and a
/// browser without hands.
struct LoginStage: Sendable {
    let server: FakeAuthorizationServer
    let instance: ScriptedHTTPClient
    /// Replace it to go elsewhere than where the authorization address leads.
    var visit: @Sendable (URL) async -> Void
    private let events = Locked<[ConnectEvent]>([])
    private let pages = Locked<[HTTPResponse]>([])

    static func set(
        sendsIssuer: Bool = true, _ body: (LoginStage) async throws -> Void
    ) async throws {
        var script = AuthorizationScript()
        script.sendsIssuer = sendsIssuer
        let server = try FakeAuthorizationServer.start(script)
        defer { server.stop() }
        try await body(LoginStage(server: server))
    }

    private init(server: FakeAuthorizationServer) {
        self.server = server
        instance = ScriptedHTTPClient { request throws(HTTPClientError) in
            request.method == "GET"
                ? .json(["apiPublicUrl": "https://hogsend.example"])
                : .json(["providerId": "acme", "kind": "oauth", "scopes": []])
        }
        let pages = pages
        visit = { url in
            guard let page = try? await LoopbackBrowser().open(url) else { return }
            pages.withLock { $0.append(page) }
        }
    }

    /// The events so far.
    var reported: [ConnectEvent] { events.withLock { $0 } }
    /// The pages at which the browser ended, in order.
    var shown: [String] {
        pages.withLock { $0.map { String(decoding: $0.body, as: UTF8.self) } }
    }
    /// The grant that reached the instance, as JSON.
    var stored: JSONValue? {
        instance.requests.last { $0.method == "PUT" }.flatMap { JSONValue(decoding: $0.body) }?[
            "payload"]
    }

    /// Runs the flow; provisioning is left out.
    func connect(
        _ provider: any Provider = Acme(), host: String? = nil,
        client: any HTTPClient = CurlClient(), _ edit: (inout ConnectOptions) -> Void = { _ in }
    ) async throws(ConnectError) -> ConnectOutcome {
        var options = ConnectOptions()
        options.host = host.flatMap { URL(string: $0) } ?? server.origin
        options.skipsProvisioning = true
        options.opensBrowser = false
        options.timeout = .seconds(10)
        edit(&options)
        let (events, visit) = (events, visit)
        let flow = ConnectFlow(
            provider: provider, options: options,
            instance: InstanceClient(
                url: server.origin, adminKey: Secret("key"), client: instance),
            client: client, browser: BrowserLauncher(environment: [:]), prompt: nil,
            report: { event in
                events.withLock { $0.append(event) }
                if case .openByHand(let url, _) = event { Task { await visit(url) } }
            })
        return try await flow.run()
    }

    /// The refusal, when there is one.
    func refusal(
        _ provider: any Provider = Acme(), client: any HTTPClient = CurlClient(),
        _ edit: (inout ConnectOptions) -> Void = { _ in }
    ) async -> ConnectError? {
        do throws(ConnectError) {
            _ = try await connect(provider, client: client, edit)
            return nil
        } catch {
            return error
        }
    }
}

/// Acme with what a test changes.
struct Variant: Provider {
    let id: ProviderID
    let name = "Variant"
    let hosts: [ProviderHost] = []
    var authentication = Authentication.authorizationCode(clientID: "variant")
    var scopes: [Scope] = ["a:read"]
    var authorizationParameters: [String: String] = [:]
    var redirectPorts: [UInt16] = []
    var requiresRefreshToken = true

    init(_ id: ProviderID = "variant") { self.id = id }
}
