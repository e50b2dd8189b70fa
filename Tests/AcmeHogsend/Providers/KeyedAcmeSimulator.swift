package import Engine
package import ProviderKit

/// Keyed Acme's service: Acme's behind another header, with signed deliveries.
package final class KeyedAcmeSimulator: ContractService {
    private static let key = "ak_live_hunter2_contract"
    private static let signingKey = "0123456789abcdef0123456789abcdef"

    private let acme: AcmeSimulator

    package init(delivering deliver: @escaping ContractDelivery) {
        acme = AcmeSimulator { request in
            var request = request
            let code = try? HMACSHA256.code(
                for: Array(request.body), key: Array(Self.signingKey.utf8))
            request.headers["X-Acme-Secret"] = nil
            request.headers[KeyedAcme.signatureHeader] = "sha256=\(Hex.encode(code ?? []))"
            return await deliver(request)
        }
    }

    package var host: URL { URL(string: "https://keys.acme.example") ?? acme.host }

    package var credential: [String: JSONValue] {
        [
            "apiKey": .string(Self.key), "account": "4711", "signingKey": .string(Self.signingKey),
        ]
    }

    package func destinations() async -> [String] { await acme.destinations() }
    package func deliverySecret() async -> Secret? { Secret(Self.signingKey) }
    package func state() async -> JSONValue { await acme.state() }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        guard request.headers["X-Acme-Key"] == "Key \(Self.key)" else { return .json(401, [:]) }
        if request.url.path().hasPrefix("/api/account/") { return .json(["plan": "pro"]) }
        var request = request
        let token = acme.credential["accessToken"]?.string ?? ""
        request.headers["Authorization"] = "Bearer \(token)"
        request.url =
            URL(
                string: request.url.absoluteString.replacing(
                    "keys.acme.example", with: "eu.acme.example"))
            ?? request.url
        return try await acme.send(request)
    }
}
