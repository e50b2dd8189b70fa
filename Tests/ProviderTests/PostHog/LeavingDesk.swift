import Engine
import PostHogProvider
import PostHogSimulator
import Testing

/// An instance with a stored grant at a simulated PostHog, for one who leaves it.
struct LeavingDesk {
    static let disconnect = "/v1/admin/providers/posthog/disconnect"
    static let url = "https://hogsend.example/v1/webhooks/posthog"
    private static let bare = [
        "POSTHOG_PERSONAL_API_KEY": "", "POSTHOG_WEBHOOK_SECRET": "", "POSTHOG_PROJECT_ID": "",
        "POSTHOG_PRIVATE_HOST": "",
    ]

    let desk: PlanDesk
    /// Another machine's grant of the same user.
    let other: JSONValue
    let grant: JSONValue

    /// Opens one that is connected, provisioned or not.
    static func open(
        _ seeds: [JSONValue] = [], provisions: Bool = true, teams: [Int64] = [12_345],
        _ body: (LeavingDesk) async throws -> Void
    ) async throws {
        try await PlanDesk.open(seeds) { plain in
            let scopes = ["project:read", "hog_function:write"]
            let other = plain.simulator.grant(scopes: scopes, teams: teams)
            let grant = plain.simulator.grant(scopes: scopes, teams: teams)
            let desk = LeavingDesk(desk: try plain.restarted(bare), other: other, grant: grant)
            #expect(await desk.connect(teams).status == 200)
            if provisions { #expect(await desk.desk.apply().status == 200) }
            try await body(desk)
        }
    }

    private func connect(_ teams: [Int64]) async -> (status: Int, json: JSONValue) {
        await desk.call(
            "PUT", "/v1/admin/provider-credentials/posthog",
            [
                "kind": "oauth",
                "payload": .object(
                    desk.simulator.credential(
                        of: grant, scopes: "project:read hog_function:write", teams: teams)),
            ])
    }

    func leave(
        _ body: JSONValue = [:], environment: [String: String] = [:],
        through client: any HTTPClient = CurlClient()
    ) async throws -> (status: Int, json: JSONValue) {
        let environment = Self.bare.merging(environment) { $1 }
        return try await desk.restarted(environment, client: client)
            .call("POST", Self.disconnect, body)
    }

    /// Whether PostHog takes an access token.
    func isAlive(_ grant: JSONValue) async throws -> Bool {
        guard let url = desk.simulator.origin.appending(rawPath: "/api/projects/12345/") else {
            return false
        }
        var request = HTTPRequest("GET", url)
        request.headers["Authorization"] = "Bearer \(grant["access_token"]?.string ?? "")"
        return try await CurlClient().send(request).status == 200
    }

    /// Whether PostHog takes a refresh token.
    func isRenewable(_ grant: JSONValue) async throws -> Bool {
        guard let url = desk.simulator.origin.appending(rawPath: "/oauth/token/") else {
            return false
        }
        let token = Secret(grant["refresh_token"]?.string ?? "")
        let answer = try? await TokenEndpoint(url: url, client: CurlClient())
            .refresh(token, clientID: ClientDocument.hogsend)
        return answer != nil
    }

    static func outcomes(_ json: JSONValue) -> [String] {
        (json["steps"]?.array ?? []).compactMap { $0["outcome"]?.string }
    }

    func rows() async throws -> Int {
        try await desk.database.query("SELECT id FROM provider_credentials").count
    }
}
