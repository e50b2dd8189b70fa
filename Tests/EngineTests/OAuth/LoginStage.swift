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
            let path = request.url.path().split(separator: "/").map(String.init)
            guard request.method == "GET", path.count > 2 else { return .json(["kind": "oauth"]) }
            return .json([
                "providerId": .string(path[path.count - 2]),
                "apiPublicUrl": "https://hogsend.example",
            ])
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

    /// Runs the flow until the browser has its page, too; provisioning is left out.
    func connect(
        _ provider: any Provider = Acme(), host: String? = nil,
        client: any HTTPClient = CurlClient(), _ edit: (inout ConnectOptions) -> Void = { _ in }
    ) async throws(ConnectError) -> ConnectOutcome {
        let instance = InstanceClient(
            url: server.origin, adminKey: Secret("key"), client: instance)
        let login = HandlessLogin(
            provider, on: instance, client: client, events: events, visit: visit)
        return try await login.run(
            at: host.flatMap { URL(string: $0) } ?? server.origin, edit
        ).get()
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
    var redirectHost = RedirectHost.address

    init(_ id: ProviderID = "variant") { self.id = id }
}
