package import Engine
import ProviderKit

/// Hook Acme's service, with two hooks of somebody else's that fill the first page.
package final class HookAcmeSimulator: ContractService {
    private typealias Hook = [String: JSONValue]

    private static let accessToken = "hunter2-hooks-access"
    private static let address = "https://hooks.acme.example"
    private static let pageSize = 2

    private let givesSecrets: Bool
    private let isRevoked = Locked(false)
    private let hooks = Locked<[Hook]>([
        ["id": "a/1", "to": "https://other.example/in", "state": "on"],
        ["id": "a/2", "to": "https://other.example/in", "state": "off"],
    ])

    package init(givesSecrets: Bool) { self.givesSecrets = givesSecrets }

    package let host = URL(string: address) ?? URL(filePath: "/")

    package var credential: [String: JSONValue] {
        [
            "accessToken": .string(Self.accessToken), "refreshToken": "hunter2-hooks-refresh",
            "expiresAt": "2100-01-01T00:00:00Z", "privateHost": .string(Self.address),
            "clientId": "hogsend-cli", "issuer": .string(Self.address),
            "tokenEndpoint": .string(Self.address + "/token"),
            "revocationEndpoint": .string(Self.address + "/revoke"), "scopes": ["hooks:write"],
        ]
    }

    package func destinations() async -> [String] {
        hooks.withLock { $0.filter { $0["state"] == "on" }.compactMap { $0["to"]?.string } }
    }

    package func deliverySecret() async -> Secret? {
        hooks.withLock { $0.last { $0["state"] == "on" }?["secret"]?.string }.map { Secret($0) }
    }

    package func state() async -> JSONValue {
        .array(hooks.withLock { $0.map { .object($0) } })
    }

    package func takesCredential() async -> Bool { !isRevoked.withLock { $0 } }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        if request.url.path() == "/revoke" {
            isRevoked.withLock { $0 = true }
            return HTTPResponse(status: 200)
        }
        guard await takesCredential(),
            request.headers["Authorization"] == "Bearer \(Self.accessToken)"
        else { return .json(401, [:]) }
        let path = request.url.path(percentEncoded: true).split(separator: "/")
        guard path.starts(with: ["v1", "hooks"]) else { return .json(404, [:]) }
        let sent = JSONValue(decoding: request.body)?["hook"]?.object ?? [:]
        return hooks.withLock { hooks in
            switch (
                request.method, path.dropFirst(2).first.flatMap(Self.decoded)
            ) {
            case ("GET", nil): page(hooks, after: request.url.query())
            case ("POST", nil): make(sent, &hooks)
            case (let method, let id?): change(id, method, sent, &hooks)
            default: .json(405, [:])
            }
        }
    }

    private static func decoded(_ part: Substring) -> String? {
        FormURLEncoding.decode("id=\(part)")?.first?.value
    }

    private func page(_ hooks: [Hook], after query: String?) -> HTTPResponse {
        let parameters = FormURLEncoding.decode(query ?? "") ?? []
        let start = parameters.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
        let end = start + Self.pageSize
        let shown = hooks[min(start, hooks.count)..<min(end, hooks.count)].map { hook in
            JSONValue.object(hook.filter { $0.key != "secret" })
        }
        let next = end < hooks.count ? JSONValue.integer(Int64(end)) : nil
        return .json(["hooks": .array(shown), "after": next])
    }

    private func make(_ sent: Hook, _ hooks: inout [Hook]) -> HTTPResponse {
        var hook = sent
        hook["id"] = .string("h/\(hooks.count)")
        hook["state"] = "on"
        if givesSecrets { hook["secret"] = .string("hunter2-\(Random.token())") }
        hooks.append(hook)
        return .json(
            201, ["hook": .object(hook.filter { givesSecrets || $0.key != "secret" })])
    }

    private func change(
        _ id: String, _ method: String, _ sent: Hook, _ hooks: inout [Hook]
    ) -> HTTPResponse {
        guard let place = hooks.firstIndex(where: { $0["id"]?.string == id }) else {
            return .json(404, [:])
        }
        if method == "DELETE" {
            hooks.remove(at: place)
            return HTTPResponse(status: 204)
        }
        hooks[place].merge(sent) { $1 }
        return .json(["hook": .object(hooks[place].filter { $0.key != "secret" })])
    }
}
