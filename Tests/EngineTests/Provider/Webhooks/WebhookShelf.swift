import Engine
import ProviderKit
import Testing

/// A service with a collection of webhooks, and a provider that declares it.
struct WebhookShelf: Provider {
    let id: ProviderID = "shelf"
    let name = "Shelf"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "c")
    var webhookCollection: WebhookCollection? = WebhookCollection(
        "/hooks", list: ["data"], address: ["config", "url"], secret: ["config", "secret"],
        active: ["enabled"])

    static let here = "https://i.example/v1/webhooks/shelf"
    static let elsewhere = "https://old.example/base/v1/webhooks/shelf"
    static let foreign = "https://other.example/in"

    var webhook: WebhookSource?
    let hooks: Locked<[JSONValue]>
    let kept = Locked<[PriorValue]>([])
    private let faults = Locked<[String: (answer: HTTPResponse, performs: Bool)]>([:])
    /// What earlier runs reported.
    let derived = Locked<[String: Secret]>([:])
    let client: ScriptedHTTPClient

    init(_ hooks: JSONValue...) { self.init(hooks, Self.answer) }

    /// One of which the secrets are the service's own, and the list comes in pages of two.
    static func giving(_ hooks: JSONValue...) -> WebhookShelf {
        var shelf = WebhookShelf(hooks, givingAnswer)
        shelf.webhook = WebhookSource(
            verification: .hmacSHA256(header: "X-Code"), mintsSecret: false, id: ["id"],
            event: ["type"], userID: ["user"], occurredAt: nil, properties: ["data"],
            personProperties: nil)
        shelf.webhookCollection = .init(
            "/hooks", list: ["data"], next: .cursor(["after"], parameter: "after"),
            address: ["config", "url"], secret: ["config", "secret"], active: ["enabled"])
        return shelf
    }

    private init(
        _ hooks: [JSONValue],
        _ answer: @escaping @Sendable (HTTPRequest, inout [JSONValue]) -> HTTPResponse
    ) {
        let (shelf, faults) = (Locked(hooks), faults)
        self.hooks = shelf
        client = ScriptedHTTPClient { request throws(HTTPClientError) in
            let fault = faults.withLock { $0[request.method] }
            if let fault, !fault.performs { return fault.answer }
            let right = shelf.withLock { answer(request, &$0) }
            return fault?.answer ?? right
        }
    }

    /// Has requests of a method go wrong, carried out or not, from now on.
    func fail(_ method: String, _ answer: HTTPResponse, performs: Bool = false) {
        faults.withLock { $0[method] = (answer, performs) }
    }

    func recover() { faults.withLock { $0 = [:] } }

    /// One that is there already.
    static func hook(_ id: JSONValue, _ url: String, _ isEnabled: Bool = true) -> JSONValue {
        ["id": id, "config": ["url": .string(url)], "enabled": .bool(isEnabled), "note": "n"]
    }

    private static func answer(_ request: HTTPRequest, _ hooks: inout [JSONValue]) -> HTTPResponse {
        let body = JSONValue(decoding: request.body)?.object ?? [:]
        let id = request.url.path().split(separator: "/").dropFirst().first.map(String.init)
        let place = hooks.firstIndex {
            ($0["id"]?.string ?? $0["id"]?.integer.map(String.init)) == id
        }
        switch (request.method, place) {
        case ("GET", _): return .json(["data": .array(hooks)])
        case ("POST", _):
            let new = body.merging(["id": .string("n\(hooks.count)"), "enabled": true]) { $1 }
            hooks.append(.object(new))
            return .json(201, hooks[hooks.count - 1])
        case ("DELETE", let place?):
            hooks.remove(at: place)
            return HTTPResponse(status: 204)
        case ("PUT", let place?):
            hooks[place] = .object(body)
            return .json(hooks[place])
        case (_, let place?):
            hooks[place] = .object((hooks[place].object ?? [:]).merging(body) { $1 })
            return .json(hooks[place])
        default: return .json(404, [:])
        }
    }

    /// A secret is shown when one is made and never again.
    private static func givingAnswer(
        _ request: HTTPRequest, _ hooks: inout [JSONValue]
    ) -> HTTPResponse {
        let answer = answer(request, &hooks)
        switch request.method {
        case "GET":
            let query = FormURLEncoding.decode(request.url.query() ?? "") ?? []
            let start = query.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
            let rest = hooks.dropFirst(start).map { hook in
                hook.setting(.object(["url": hook["config"]?["url"] ?? nil]), at: ["config"])
            }
            let after = rest.count > 2 ? JSONValue.integer(Int64(start + 2)) : nil
            return .json(["data": .array(Array(rest.prefix(2))), "after": after])
        case "POST":
            let secret = JSONValue.string("given-\(hooks.count)")
            hooks.append(hooks.removeLast().setting(secret, at: ["config", "secret"]))
            return .json(201, hooks[hooks.count - 1])
        default: return answer
        }
    }

    func context(
        _ api: (any HTTPClient)? = nil, secret: String? = "s1", isNew: Bool = false,
        isFixed: Bool = false, merging: Bool = false, at url: URL? = nil
    ) throws -> ProvisionContext {
        ProvisionContext(
            api: api ?? client, host: try address("https://h.example"), grant: nil, project: nil,
            webhookURL: try url ?? address(Self.here), webhookSecret: secret.map { Secret($0) },
            isSecretFixed: isFixed, isSecretNew: isNew, mergesDuplicates: merging,
            derived: derived.withLock { $0 }
        ) { [kept] values throws(ProvisionError) in
            kept.withLock { $0 += values }
        }
    }

    /// Plans and applies, as the engine does.
    @discardableResult
    func run(_ context: ProvisionContext) async throws -> ProvisionReport {
        let plan = try await plan(context)
        let report = try await apply(plan, context)
        #expect(report.action == plan.action && report.changes == plan.changes)
        derived.withLock { $0.merge(report.derived) { $1 } }
        return report
    }

    func undone(rehearsing: Bool = false) async throws -> UndoReport {
        try await undo(kept.withLock { $0 }, rehearsing: rehearsing, try context())
    }

    func removal(isRehearsal: Bool = false) -> Removal {
        Removal(
            values: kept.withLock { $0 }, derived: derived.withLock { $0 },
            isRehearsal: isRehearsal)
    }

    /// Each as `id on`, or `id off`, and where it delivers to.
    var shown: [String] {
        hooks.withLock { hooks in
            hooks.map { hook in
                let id = hook["id"]?.string ?? hook["id"]?.integer.map(String.init) ?? "?"
                let url = hook["config"]?["url"]?.string ?? "?"
                return "\(id) \(hook["enabled"] == true ? "on" : "off") \(url)"
            }
        }
    }

    var secrets: [String?] {
        hooks.withLock { $0.map { $0["config"]?["secret"]?.string } }
    }
}
