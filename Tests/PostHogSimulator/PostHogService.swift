package import Engine
package import ProviderKit

/// A simulated PostHog as the provider contract wants a service: with one project and one user.
package final class PostHogService: ContractService {
    private static let project: Int64 = 12_345
    private static let instance = "https://hogsend.example"

    private let simulator: PostHogSimulator
    private let door: MicroHTTPServer
    private let grant: JSONValue

    /// Starts to listen; deliveries to the instance's address come in by a port of this machine.
    package init(delivering deliver: @escaping ContractDelivery) async throws {
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        var switches = Switches()
        switches.hosts = ["hogsend.example:443": "127.0.0.1:\(socket.port)"]
        door = try MicroHTTPServer(on: [socket]) { request in
            guard let url = URL(string: Self.instance + request.target) else {
                return HTTPResponse(status: 400)
            }
            return await deliver(
                HTTPRequest(request.method, url, headers: request.headers, body: request.body))
        }
        simulator = try await PostHogSimulator.start(switches: switches)
        grant = simulator.grant(
            scopes: ["project:read", "hog_function:read", "hog_function:write"],
            teams: [Self.project])
    }

    package var host: URL { simulator.origin }

    package var credential: [String: JSONValue] {
        simulator.credential(
            of: grant, scopes: "project:read hog_function:read hog_function:write",
            teams: [Self.project])
    }

    package func destinations() async -> [String] {
        simulator.destinations.filter { $0["enabled"] == true }
            .compactMap { $0["inputs"]?["url"]?["value"]?.string }
    }

    package func deliverySecret() async -> Secret? {
        simulator.destinations.first { $0["enabled"] == true }?["inputs"]?["headers"]?["value"]?[
            "x-posthog-webhook-secret"]?.string.map { Secret($0) }
    }

    package func state() async -> JSONValue {
        .array(
            simulator.destinations.map { destination in
                let changing: Set = ["updated_at", "version"]
                return .object(
                    (destination.object ?? [:]).filter { !changing.contains($0.key) })
            })
    }

    package func takesCredential() async -> Bool {
        guard let url = host.appending(rawPath: "/api/projects/\(Self.project)/") else {
            return false
        }
        var request = HTTPRequest("GET", url)
        request.headers["Authorization"] = "Bearer \(grant["access_token"]?.string ?? "")"
        return (try? await CurlClient().send(request).status) == 200
    }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        try await CurlClient().send(request)
    }

    package func stop() async {
        await simulator.stop()
        await door.stop(grace: .zero)
    }
}

extension PostHogSimulator {
    /// A grant as the instance stores it.
    package func credential(
        of grant: JSONValue, scopes: String, teams: [Int64]
    ) -> [String: JSONValue] {
        let origin = origin.absoluteString
        return [
            "accessToken": grant["access_token"] ?? .null,
            "refreshToken": grant["refresh_token"] ?? .null,
            "expiresAt": .string(Date().addingTimeInterval(86_400).iso8601),
            "tokenEndpoint": .string("\(origin)/oauth/token/"),
            "revocationEndpoint": .string("\(origin)/oauth/revoke/"),
            "clientId": .string(ClientDocument.hogsend), "issuer": .string(origin),
            "privateHost": .string(origin), "scopes": .string(scopes),
            "scopedTeams": .array(teams.map { .integer($0) }),
        ]
    }
}
