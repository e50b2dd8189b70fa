import DiscordProvider
import DiscordSimulator
import Engine
import ProviderKit
import SimulatedService

/// A client that carries a bot's token.
struct KeyedDiscord: HTTPClient {
    var client: any HTTPClient = CurlClient()
    var token = DiscordSimulator.botToken

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        var request = request
        request.headers["Authorization"] = "Bot \(token)"
        return try await client.send(request)
    }
}

/// A simulated Discord, the provider at work on it, and what an engine keeps between its runs.
struct SimulatedDiscord {
    static let webhook = "https://hogsend.example/v1/webhooks/discord"

    let simulator: DiscordSimulator
    let kept = Locked<[PriorValue]>([])

    /// Starts one that tries no address out, lets `body` use it, and stops it.
    static func run(_ body: (SimulatedDiscord) async throws -> Void) async throws {
        let simulator = try DiscordSimulator.start()
        // Where it tries one out all the same, nobody listens.
        simulator.set { state in
            state.pings = false
            state.ports = ["hogsend.example": 9, "other.example": 9]
        }
        do {
            try await body(SimulatedDiscord(simulator: simulator))
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    func context(through client: any HTTPClient = CurlClient()) throws -> ProvisionContext {
        guard let url = URL(address: Self.webhook) else { throw NoAddress() }
        let kept = kept
        return ProvisionContext(
            api: KeyedDiscord(client: client), host: simulator.origin, grant: nil, project: nil,
            webhookURL: url, webhookSecret: Secret(simulator.key.publicKey),
            keep: { values in kept.withLock { $0 += values } })
    }

    private struct NoAddress: Error {}

    func plan() async throws -> ProvisionPlan { try await Discord().plan(try context()) }

    @discardableResult
    func provision(through client: any HTTPClient = CurlClient()) async throws -> ProvisionReport {
        let context = try context(through: client)
        return try await Discord().apply(try await Discord().plan(context), context)
    }

    func undo(rehearsing: Bool = false) async throws -> UndoReport {
        try await Discord().undo(kept.withLock { $0 }, rehearsing: rehearsing, try context())
    }

    func remove(
        rehearsing: Bool = false, through client: any HTTPClient = CurlClient()
    ) async throws -> RemovalReport {
        try await Discord().remove(
            Removal(isRehearsal: rehearsing), try context(through: client))
    }
}
