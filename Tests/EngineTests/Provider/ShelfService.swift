import Engine
import ProviderKit

/// A shelf behind a token, for the contract.
final class ShelfService: ContractService {
    private static let accessToken = "hunter2-shelf-access"
    private static let address = "https://shelf.example"

    private let shelf: WebhookShelf
    private let isRevoked = Locked(false)

    init(_ shelf: WebhookShelf) { self.shelf = shelf }

    let host = URL(string: address) ?? URL(filePath: "/")

    var credential: [String: JSONValue] {
        [
            "accessToken": .string(Self.accessToken), "refreshToken": "hunter2-shelf-refresh",
            "expiresAt": "2100-01-01T00:00:00Z", "privateHost": .string(Self.address),
            "clientId": "c", "issuer": .string(Self.address), "scopes": [],
            "tokenEndpoint": .string(Self.address + "/token"),
            "revocationEndpoint": .string(Self.address + "/revoke"),
        ]
    }

    func destinations() async -> [String] {
        shelf.hooks.withLock { hooks in
            hooks.filter { $0["enabled"] == true }.compactMap { $0["config"]?["url"]?.string }
        }
    }

    func state() async -> JSONValue { .array(shelf.hooks.withLock { $0 }) }

    func takesCredential() async -> Bool { !isRevoked.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        if request.url.path() == "/revoke" {
            isRevoked.withLock { $0 = true }
            return HTTPResponse(status: 200)
        }
        guard await takesCredential(),
            request.headers["Authorization"] == "Bearer \(Self.accessToken)"
        else { return .json(401, [:]) }
        return try await shelf.client.send(request)
    }
}
