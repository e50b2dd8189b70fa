import Engine
import ProviderKit

/// Acme as it would behave: workspaces with a hook each, and switches to make it fail.
final class AcmeService: Sendable {
    struct State {
        var workspaces: [(id: String, name: String, hook: JSONValue?)] = [("w1", "One", nil)]
        /// Answers by method, in place of the real ones.
        var failures: [String: HTTPResponse] = [:]
        var token = "hunter2-a"
        /// The metadata of its OAuth server.
        var metadata = HTTPResponse(status: 404)
        /// What a revocation gets, one a request; the last one stays.
        var revocation = [HTTPResponse(status: 200)]
        /// The tokens that were revoked: they are good for nothing.
        var revoked: [String] = []
        /// What becomes of a test event, by its id.
        var test: @Sendable (_ id: String) -> HTTPResponse = { _ in .json([:]) }
        /// What a refresh brings.
        var refresh = HTTPResponse.json(400, ["error": "invalid_grant"])
    }

    let state: Locked<State>
    let client: ScriptedHTTPClient

    init() {
        let state = Locked(State())
        self.state = state
        client = ScriptedHTTPClient { request throws(HTTPClientError) in
            state.withLock { Self.answer(request, &$0) }
        }
    }

    /// What it was asked, in order.
    var requests: [HTTPRequest] { client.requests }
    var lines: [String] { client.lines }

    /// The secrets that were set so far, in order.
    var secrets: [String] {
        client.writes.compactMap { JSONValue(decoding: $0.body)?["secret"]?.string }
    }

    func fail(_ method: String, _ response: HTTPResponse?) {
        state.withLock { $0.failures[method] = response }
    }

    private static func revoke(_ request: HTTPRequest, _ state: inout State) -> HTTPResponse {
        let answer = state.revocation.first ?? HTTPResponse(status: 200)
        if state.revocation.count > 1 { state.revocation.removeFirst() }
        let form = FormURLEncoding.decode(String(decoding: request.body, as: UTF8.self)) ?? []
        if answer.status == 200, let token = form.first(where: { $0.name == "token" })?.value {
            state.revoked.append(token)
        }
        return answer
    }

    /// The hooks as they are, by workspace.
    var hooks: [JSONValue] {
        state.withLock { $0.workspaces.map { $0.hook?["url"] ?? .null } }
    }

    private static func answer(_ request: HTTPRequest, _ state: inout State) -> HTTPResponse {
        if let failure = state.failures[request.method] { return failure }
        if request.url.path() == "/token" { return state.refresh }
        if request.url.path().hasPrefix("/.well-known/") { return state.metadata }
        if request.url.path() == "/revoke" { return revoke(request, &state) }
        guard request.headers["Authorization"] == "Bearer \(state.token)",
            !state.revoked.contains(state.token)
        else {
            return .json(401, [:])
        }
        if request.method == "GET", request.url.path() == "/api/workspaces" {
            return .json(
                .array(
                    state.workspaces.map {
                        [
                            "id": .string($0.id), "name": .string($0.name),
                            "hook": $0.hook?["url"] ?? .null,
                        ]
                    }))
        }
        let parts = request.url.path().split(separator: "/")
        if request.method == "POST", parts.last == "test" {
            return state.test(JSONValue(decoding: request.body)?["id"]?.string ?? "")
        }
        guard request.method == "PUT", parts.count == 4, parts[3] == "hook",
            let index = state.workspaces.firstIndex(where: { $0.id == parts[2] })
        else { return .json(404, [:]) }
        state.workspaces[index].hook = JSONValue(decoding: request.body)
        return .json([:])
    }
}

/// A service whose paths predate the engine, which sends no deliveries and has nothing to set up.
struct OldService: Provider {
    let id: ProviderID = "old-service"
    let name = "Old Service"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "old")
    let requiresRefreshToken = false
    let routes: ProviderRoutes? = ProviderRoutes(
        connectInfo: "/v1/admin/old/info", provision: "/v1/admin/old/set-up")
}
