import Engine
import ProviderKit
import Testing

/// A login at Acme from end to end: the flow, an instance, the service and a user's browser.
struct Journey: Sendable {
    static let grantAnswer: JSONValue = [
        "access_token": "hunter2-a", "refresh_token": "hunter2-r", "token_type": "bearer",
        "expires_in": 3600, "scope": "workspaces:read hooks:write", "workspace": "w1",
    ]

    var provider: any Provider = Acme()
    var options = ConnectOptions()
    var prompt: ConnectPrompt?
    var instance: any HTTPClient
    var url = "https://hogsend.example"
    /// The query that the browser brings back; nil for a user who never does.
    var callback: @Sendable (_ state: String) -> String? = { "code=hunter2-c&state=\($0)" }
    var document: @Sendable (_ origin: String) -> HTTPResponse = { .json(metadata($0)) }
    var tokens = HTTPResponse.json(grantAnswer)
    let events = Locked<[ConnectEvent]>([])
    let pages = Locked<[String]>([])
    let asked = Locked<[HTTPRequest]>([])

    init(_ instance: any HTTPClient) {
        self.instance = instance
        options.host = URL(string: "https://eu.acme.example")
        options.opensBrowser = false
        options.timeout = .seconds(5)
        options.skipsProof = true
    }

    static func metadata(_ origin: String, _ changes: [String: JSONValue] = [:]) -> JSONValue {
        let members: [String: JSONValue] = [
            "issuer": .string(origin), "authorization_endpoint": .string("\(origin)/authorize"),
            "token_endpoint": .string("\(origin)/token"),
            "code_challenge_methods_supported": ["S256"],
        ]
        return .object(members.merging(changes) { $1 })
    }

    /// Runs to the end; no event may hold a secret.
    func run() async throws(ConnectError) -> ConnectOutcome {
        let browsing = Locked<[Task<Void, Never>]>([])
        let flow = ConnectFlow(
            provider: provider, options: options,
            instance: InstanceClient(
                url: URL(string: url) ?? URL(filePath: "/"), adminKey: Secret(Desk.adminKey),
                client: instance),
            client: service, browser: BrowserLauncher(environment: [:]), prompt: prompt
        ) { event in
            events.withLock { $0.append(event) }
            guard case .openByHand(let address, _) = event else { return }
            let task = Task { await visit(address) }
            browsing.withLock { $0.append(task) }
        }
        let result: Result<ConnectOutcome, ConnectError>
        do throws(ConnectError) {
            result = .success(try await flow.run())
        } catch {
            result = .failure(error)
        }
        for task in browsing.withLock({ $0 }) { await task.value }
        #expect(!"\(events.withLock { $0 })\(result)".contains("hunter2"))
        return try result.get()
    }

    /// Runs to the end, which must be a refusal.
    func refusal() async -> ConnectError? {
        await #expect(throws: ConnectError.self) { try await run() }
    }

    private var service: ScriptedHTTPClient {
        ScriptedHTTPClient { request throws(HTTPClientError) in
            asked.withLock { $0.append(request) }
            let origin = "\(request.url.scheme ?? "")://\(request.url.host() ?? "")"
            return request.method == "POST" ? tokens : document(origin)
        }
    }

    private func visit(_ address: URL) async {
        let query = FormURLEncoding.decode(address.query(percentEncoded: true) ?? "") ?? []
        let values = Dictionary(query.map { ($0.name, $0.value) }) { first, _ in first }
        guard let back = values["redirect_uri"], let brought = callback(values["state"] ?? ""),
            let url = URL(string: "\(back)?\(brought)"),
            let page = try? await CurlClient().send(HTTPRequest("GET", url))
        else { return }
        pages.withLock { $0.append(String(decoding: page.body, as: UTF8.self)) }
    }

    var notes: [String] {
        events.withLock { $0 }.compactMap { if case .note(let text) = $0 { text } else { nil } }
    }

    /// Begun, finished and failed steps, in order.
    var steps: [String] {
        events.withLock { $0 }.compactMap { event in
            switch event {
            case .finished(let name): "+ \(name)"
            case .failed(let name): "- \(name)"
            default: nil
            }
        }
    }
}

/// Reaches a desk as if over the network.
struct DeskClient: HTTPClient {
    let desk: Desk

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let text = request.url.absoluteString
        let path = text.dropFirst("https://hogsend.example".count)
        return await desk.router.respond(
            to: ServerRequest(
                method: request.method, target: String(path), headers: request.headers,
                body: request.body))
    }
}

/// An instance that answers each method by a list, and repeats the last answer.
final class ScriptedInstance: HTTPClient {
    static let info: JSONValue = [
        "providerId": "acme", "privateHost": nil, "apiPublicUrl": "https://hogsend.example",
        "webhookSecretConfigured": false, "scopeGap": [],
    ]
    static let provisioned: JSONValue = [
        "provisioned": true, "action": "created", "created": true, "workspaceId": "w1",
        "webhookUrl": "https://hogsend.example/v1/webhooks/acme",
    ]

    typealias Answer = Result<HTTPResponse, HTTPClientError>
    private let answers: Locked<[String: [Answer]]>
    private let seen = Locked<[HTTPRequest]>([])

    init(get: [Answer] = [], put: [Answer] = [], post: [Answer] = []) {
        answers = Locked([
            "GET": get.isEmpty ? [.success(.json(Self.info))] : get,
            "PUT": put.isEmpty ? [.success(.json(["providerId": "acme"]))] : put,
            "POST": post.isEmpty ? [.success(.json(Self.provisioned))] : post,
        ])
    }

    /// One whose connect-info differs in some members.
    convenience init(info: [String: JSONValue], post: [Answer] = []) {
        let members = (Self.info.object ?? [:]).merging(info) { $1 }
        self.init(get: [.success(.json(.object(members)))], post: post)
    }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        seen.withLock { $0.append(request) }
        let answer = answers.withLock { answers -> Answer? in
            guard let list = answers[request.method], let first = list.first else { return nil }
            if list.count > 1 { answers[request.method] = Array(list.dropFirst()) }
            return first
        }
        return try (answer ?? .success(HTTPResponse(status: 405))).get()
    }

    func bodies(_ method: String) -> [JSONValue] {
        seen.withLock { $0 }.filter { $0.method == method }
            .map { JSONValue(decoding: $0.body) ?? .null }
    }
}
