import DiscordProvider
import DiscordSimulator
import Engine
import ProviderKit
import Testing

/// A simulated Discord as the provider contract wants a service; its pings come to the instance by a
/// port of this machine.
private final class DiscordService: ContractService {
    private static let instance = "https://hogsend.example"

    private let simulator: DiscordSimulator
    private let door: MicroHTTPServer

    init(delivering deliver: @escaping ContractDelivery) throws {
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        door = try MicroHTTPServer(on: [socket]) { request in
            guard let url = URL(string: Self.instance + request.target) else {
                return HTTPResponse(status: 400)
            }
            return await deliver(
                HTTPRequest(request.method, url, headers: request.headers, body: request.body))
        }
        simulator = try DiscordSimulator.start()
        simulator.set { $0.ports = ["hogsend.example": socket.port] }
    }

    var host: URL { simulator.origin }

    var credential: [String: JSONValue] {
        [
            "applicationId": .string(DiscordSimulator.applicationID),
            "publicKey": .string(simulator.key.publicKey),
            "botToken": .string(DiscordSimulator.botToken),
        ]
    }

    func destinations() async -> [String] { simulator.endpoint.map { [$0] } ?? [] }
    func deliverySecret() async -> Secret? { nil }
    func state() async -> JSONValue { simulator.endpoint.map { .string($0) } ?? .null }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        try await CurlClient().send(request)
    }

    func stop() async {
        await simulator.stop()
        await door.stop(grace: .zero)
    }
}

@Suite("Discord's contract")
struct ContractTests {
    @Test func `it is kept, with a simulated service`() async throws {
        try await ProviderContract(Discord()) { try DiscordService(delivering: $0) }.check()
    }
}
