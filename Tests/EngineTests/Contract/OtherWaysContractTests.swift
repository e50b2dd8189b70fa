import AcmeProviders
import Engine
import ProviderKit
import Testing

/// Keyed Acme's service: Acme's behind another header, with signed deliveries.
private final class KeyedAcmeSimulator: ContractService {
    private static let key = "ak_live_hunter2_contract"
    private static let signingKey = "0123456789abcdef0123456789abcdef"

    private let acme: AcmeSimulator

    init(delivering deliver: @escaping ContractDelivery) {
        acme = AcmeSimulator { request in
            var request = request
            let code = try? HMACSHA256.code(
                for: Array(request.body), key: Array(Self.signingKey.utf8))
            request.headers["X-Acme-Secret"] = nil
            request.headers[KeyedAcme.signatureHeader] = "sha256=\(Hex.encode(code ?? []))"
            return await deliver(request)
        }
    }

    var host: URL { URL(string: "https://keys.acme.example") ?? acme.host }

    var credential: [String: JSONValue] {
        [
            "apiKey": .string(Self.key), "account": "4711", "signingKey": .string(Self.signingKey),
        ]
    }

    func destinations() async -> [String] { await acme.destinations() }
    func state() async -> JSONValue { await acme.state() }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
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

@Suite("Provider contract, other ways to log in")
struct OtherWaysContractTests {
    @Test func `a provider whose users paste keys keeps it`() async throws {
        let contract = ProviderContract(KeyedAcme()) { KeyedAcmeSimulator(delivering: $0) }
        let report = await contract.run()
        #expect(report.isKept, "\(ContractTests.text(report))")
        #expect(report.results.count { $0.id.hasPrefix("keys.") && $0.outcome == .passed } > 12)
        #expect(report.results.allSatisfy { !$0.id.hasPrefix("oauth.") || $0.outcome != .passed })
    }

    @Test func `a provider whose users type a code keeps it, but for an undoing that it lacks`()
        async throws
    {
        let contract = ProviderContract(DeviceAcme()) { AcmeSimulator(delivering: $0) }
        let report = await contract.run(expecting: ["undo.back", "undo.crash"])
        #expect(report.isKept, "\(ContractTests.text(report))")
        #expect(report.count(.expectedFailure) == 2)
        #expect(report.results.count { $0.id.hasPrefix("device.") && $0.outcome == .passed } > 25)
    }
}
