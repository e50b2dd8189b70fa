import Engine
import ProviderKit

/// Initech as it behaves: one account, whose webhook is not set at first.
final class InitechSimulator: ContractService {
    private static let accessToken = "hunter2-initech-access"
    private static let address = "https://api.initech.example"

    private let hook = Locked<JSONValue>([:])
    private let isRevoked = Locked(false)

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
        hook.withLock { $0["url"]?.string.map { [$0] } ?? [] }
    }

    func state() async -> JSONValue { hook.withLock { $0 } }
    func takesCredential() async -> Bool { isRevoked.withLock { !$0 } }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        if request.url.path() == "/revoke" {
            let form = FormURLEncoding.decode(String(decoding: request.body, as: UTF8.self)) ?? []
            if form.contains(where: { $0.value == Self.accessToken }) {
                isRevoked.withLock { $0 = true }
            }
            return HTTPResponse(status: 200)
        }
        guard await takesCredential(),
            request.headers["Authorization"] == "Bearer \(Self.accessToken)"
        else { return .json(401, [:]) }
        return hook.withLock { hook in
            if request.method == "PUT" {
                let set = JSONValue(decoding: request.body) ?? [:]
                hook = set["url"]?.string == nil ? [:] : set
            }
            return .json(["url": hook["url"] ?? .null])
        }
    }
}
