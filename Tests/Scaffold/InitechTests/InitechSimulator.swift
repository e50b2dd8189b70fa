import Engine
import ProviderKit

/// Initech as it behaves: one account, which has no webhook at first.
final class InitechSimulator: ContractService {
    private struct State {
        var hooks: [[String: JSONValue]] = []
        var made = 0
        var isRevoked = false
    }

    private static let accessToken = "hunter2-initech-access"
    private static let address = "https://api.initech.example"

    private let account = Locked(State())

    let host = URL(string: address) ?? URL(filePath: "/")

    var credential: [String: JSONValue] {
        [
            "accessToken": .string(Self.accessToken), "refreshToken": "hunter2-initech-refresh",
            "expiresAt": "2100-01-01T00:00:00Z", "privateHost": .string(Self.address),
            "clientId": "https://hogsend.com/.well-known/hogsend-initech-client.json",
            "issuer": .string(Self.address), "tokenEndpoint": .string(Self.address + "/token"),
            "revocationEndpoint": .string(Self.address + "/revoke"), "scopes": ["hooks:write"],
        ]
    }

    func destinations() async -> [String] {
        account.withLock { account in
            account.hooks.filter { $0["active"] == true }.compactMap { $0["target"]?.string }
        }
    }

    func deliverySecret() async -> Secret? {
        account.withLock { account in
            account.hooks.first { $0["active"] == true }?["secret"]?.string
        }.map { Secret($0) }
    }

    func state() async -> JSONValue {
        account.withLock { .array($0.hooks.map { .object($0) }) }
    }

    func takesCredential() async -> Bool { account.withLock { !$0.isRevoked } }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        if request.url.path() == "/revoke" {
            let form = FormURLEncoding.decode(String(decoding: request.body, as: UTF8.self)) ?? []
            if form.contains(where: { $0.value == Self.accessToken }) {
                account.withLock { $0.isRevoked = true }
            }
            return HTTPResponse(status: 200)
        }
        guard await takesCredential(),
            request.headers["Authorization"] == "Bearer \(Self.accessToken)"
        else { return .json(401, [:]) }
        let path = request.url.path().split(separator: "/").map(String.init)
        guard path.starts(with: ["v2", "webhooks"]) else { return .json(404, [:]) }
        let body = JSONValue(decoding: request.body)?.object ?? [:]
        return account.withLock { answer(request.method, path.dropFirst(2).first, body, &$0) }
    }

    private func answer(
        _ method: String, _ id: String?, _ body: [String: JSONValue], _ account: inout State
    ) -> HTTPResponse {
        let place = account.hooks.firstIndex { $0["id"]?.string == id }
        switch (method, id, place) {
        case ("GET", nil, _): return .json(["data": .array(account.hooks.map(Self.shown))])
        case ("POST", nil, _):
            account.made += 1
            let hook = body.merging(["id": .string("h\(account.made)"), "active": true]) { $1 }
            account.hooks.append(hook)
            return .json(201, Self.shown(hook))
        case ("PATCH", _, let place?):
            account.hooks[place].merge(body) { $1 }
            return .json(Self.shown(account.hooks[place]))
        case ("DELETE", _, let place?):
            account.hooks.remove(at: place)
            return HTTPResponse(status: 204)
        default: return .json(404, [:])
        }
    }

    /// A secret is never shown.
    private static func shown(_ hook: [String: JSONValue]) -> JSONValue {
        .object(hook.filter { $0.key != "secret" })
    }
}
