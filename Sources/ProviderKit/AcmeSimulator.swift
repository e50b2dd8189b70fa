public import Engine

/// Acme as it behaves: workspaces with a hook each, and one user who has logged in.
public final class AcmeSimulator: ContractService {
    private struct State {
        var workspaces: [(id: String, hook: JSONValue)] = [("w1", .null)]
        var revoked: Set<String> = []
    }

    private static let accessToken = "hunter2-acme-access"
    private static let refreshToken = "hunter2-acme-refresh"

    private let state = Locked(State())
    private let deliver: ContractDelivery

    /// Starts with one workspace whose hook is not set.
    public init(delivering deliver: @escaping ContractDelivery) { self.deliver = deliver }

    /// The European one of the places that do not exist.
    public let host = URL(string: "https://eu.acme.example") ?? URL(filePath: "/")

    /// A grant for the first workspace.
    public var credential: [String: JSONValue] {
        [
            "accessToken": .string(Self.accessToken), "refreshToken": .string(Self.refreshToken),
            "expiresAt": "2100-01-01T00:00:00Z", "clientId": "hogsend-cli",
            "tokenEndpoint": "https://eu.acme.example/token",
            "revocationEndpoint": "https://eu.acme.example/revoke",
            "privateHost": "https://eu.acme.example", "issuer": "https://eu.acme.example",
            "scopes": ["workspaces:read", "hooks:write"], "workspace": "w1",
        ]
    }

    /// The addresses of the hooks.
    public func destinations() async -> [String] {
        state.withLock { $0.workspaces.compactMap { $0.hook["url"]?.string } }
    }

    /// What the hook that is set carries.
    public func deliverySecret() async -> Secret? {
        state.withLock { $0.workspaces.compactMap { $0.hook["secret"]?.string }.first }
            .map { Secret($0) }
    }

    /// The hooks with their secrets.
    public func state() async -> JSONValue {
        state.withLock { .array($0.workspaces.map(\.hook)) }
    }

    /// Until it is revoked.
    public func takesCredential() async -> Bool {
        state.withLock { !$0.revoked.contains(Self.accessToken) }
    }

    /// Answers the API's three calls and the revocation of a token.
    public func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        guard request.url.host() == host.host() else {
            throw .refused(host: request.url.host() ?? "", reason: "Acme is not there")
        }
        if request.url.path() == "/revoke" { return revoke(request) }
        guard await takesCredential(),
            request.headers["Authorization"] == "Bearer \(Self.accessToken)"
        else { return .json(401, [:]) }
        let parts = request.url.path().split(separator: "/").map(String.init)
        switch (request.method, parts.first, parts.last) {
        case ("GET", "api", "workspaces"): return list()
        case ("PUT", "api", "hook") where parts.count == 4:
            return set(parts[2], JSONValue(decoding: request.body) ?? .null)
        case ("POST", "api", "test") where parts.count == 4:
            return await test(parts[2], JSONValue(decoding: request.body)?["id"] ?? .null)
        default: return .json(404, [:])
        }
    }

    private func list() -> HTTPResponse {
        .json(
            .array(
                state.withLock { state in
                    state.workspaces.map {
                        ["id": .string($0.id), "name": "One", "hook": $0.hook["url"] ?? .null]
                    }
                }))
    }

    private func set(_ id: String, _ hook: JSONValue) -> HTTPResponse {
        state.withLock { state in
            guard let place = state.workspaces.firstIndex(where: { $0.id == id }) else {
                return .json(404, [:])
            }
            state.workspaces[place].hook = hook["url"]?.string == nil ? .null : hook
            return .json([:])
        }
    }

    private func test(_ id: String, _ event: JSONValue) async -> HTTPResponse {
        let hook = state.withLock { $0.workspaces.first { $0.id == id }?.hook } ?? .null
        guard let url = hook["url"]?.string.flatMap({ URL(string: $0) }) else { return .json([:]) }
        let body: JSONValue = [
            "id": event, "type": "test", "at": .string(Date().iso8601), "data": [:],
            "user": ["id": "acme", "traits": [:]], "live": true,
        ]
        var request = HTTPRequest.json("POST", url, body)
        request.headers["X-Acme-Secret"] = hook["secret"]?.string
        let answer = await deliver(request)
        return .json(["status": .integer(Int64(answer.status))])
    }

    private func revoke(_ request: HTTPRequest) -> HTTPResponse {
        let form = FormURLEncoding.decode(String(decoding: request.body, as: UTF8.self)) ?? []
        if let token = form.first(where: { $0.name == "token" })?.value {
            state.withLock { _ = $0.revoked.insert(token) }
        }
        return HTTPResponse(status: 200)
    }
}
