import Engine
import PostHogProvider
import PostHogSimulator

/// A simulated PostHog with a grant for one project, and the provider at work on it.
struct SimulatedPostHog {
    let simulator: PostHogSimulator
    let context: ProvisionContext

    /// Starts one, lets `body` use it, and stops it.
    static func run(
        switches: Switches = Switches(), teams: [Int64] = [12_345], project: String? = nil,
        secret: String? = ProvisionContext.secret,
        _ body: (SimulatedPostHog) async throws -> Void
    ) async throws {
        let simulator = try await PostHogSimulator.start(switches: switches)
        do {
            let grant = simulator.grant(
                scopes: ["project:read", "hog_function:write"], teams: teams)
            let token = Secret(grant["access_token"]?.string ?? "")
            let api = KeyedClient(
                CurlClient(), .bearer(field: ""), key: token, host: simulator.origin)
            let context = try ProvisionContext.fixture(
                api: api, host: simulator.origin.absoluteString, teams: teams, project: project,
                secret: secret)
            try await body(SimulatedPostHog(simulator: simulator, context: context))
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    func plan() async throws -> ProvisionPlan { try await PostHog().plan(context) }

    func provision() async throws -> ProvisionReport {
        try await PostHog().apply(try await plan(), context)
    }

    /// What somebody else does to a destination meanwhile.
    func edit(_ id: String, _ change: JSONValue) async throws {
        let path = "/api/projects/12345/hog_functions/\(id)/"
        guard let url = simulator.origin.appending(rawPath: path) else { return }
        _ = try await context.api.send(.json("PATCH", url, change))
    }

    /// The destinations that post to us.
    var ours: [JSONValue] {
        simulator.destinations.filter {
            $0["inputs"]?["url"]?["value"]?.string?.contains("/v1/webhooks/posthog") == true
        }
    }

    /// The one destination that posts to us, or null.
    var only: JSONValue { ours.count == 1 ? ours[0] : .null }

    /// The body of the last write.
    var lastWrite: JSONValue {
        let body = simulator.journal.last { $0.method != "GET" }?.body ?? ""
        return JSONValue(decoding: Data(body.utf8)) ?? .null
    }
}
