import Engine
import ProviderKit
import Testing

@Suite("A refused token")
struct TokenReplayTests {
    /// The bearer tokens that the service saw, and the status it ended with.
    private func call(
        refusing refused: Set<String>, _ status: Int
    ) async throws -> (tokens: [String], status: Int, refreshes: Int) {
        let seen = Locked<[String]>([])
        let ended = Locked((status: 0, refreshes: 0))
        try await withWorkshop { workshop in
            try await workshop.store(left: 3000)
            let server = ScriptedHTTPClient(.tokens("access-2", "refresh-2"))
            let manager = workshop.manager(server)
            let service = ScriptedHTTPClient { request in
                let token = String(request.headers["Authorization"]?.dropFirst(7) ?? "")
                seen.withLock { $0.append(token) }
                return .json(refused.contains(token) ? status : 200, [:])
            }
            let host = try #require(URL(string: "https://acme.example"))
            let client = AuthorizedClient(service, grantOf: "acme", manager, host: host)
            let response = try await client.send(HTTPRequest("GET", host))
            ended.withLock { $0 = (response.status, server.requests.count) }
        }
        let (status, refreshes) = ended.withLock { $0 }
        return (seen.withLock { $0 }, status, refreshes)
    }

    @Test func `brings one refresh and one further request`() async throws {
        let end = try await call(refusing: ["access-1"], 401)
        #expect(end == (["access-1", "access-2"], 200, 1))
    }

    @Test func `when the new one is refused too, it ends there`() async throws {
        let end = try await call(refusing: ["access-1", "access-2"], 401)
        #expect(end == (["access-1", "access-2"], 401, 1))
    }

    @Test func `that lacks a scope is not refreshed`() async throws {
        let end = try await call(refusing: ["access-1"], 403)
        #expect(end == (["access-1"], 403, 0))
    }
}
