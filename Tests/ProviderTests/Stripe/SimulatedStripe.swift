import Engine
import ProviderKit
import SimulatedService
import StripeProvider
import StripeSimulator

/// A simulated Stripe, the provider at work on it, and what an engine keeps between its runs.
struct SimulatedStripe {
    static let webhook = "https://hogsend.example/v1/webhooks/stripe"

    let simulator: StripeSimulator
    let kept = Locked(Kept())

    /// What an instance would have stored.
    struct Kept: Sendable {
        var derived: [String: Secret] = [:]
        var secret: Secret?
        /// Whether the environment says the secret.
        var isFixed = false
        var values: [PriorValue] = []
    }

    /// Starts one, lets `body` use it, and stops it.
    static func run(_ body: (SimulatedStripe) async throws -> Void) async throws {
        let simulator = try StripeSimulator.start()
        do {
            try await body(SimulatedStripe(simulator: simulator))
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    func context(
        merges: Bool = false, key: String = StripeSimulator.restrictedKey,
        through client: any HTTPClient = CurlClient()
    ) throws -> ProvisionContext {
        guard let url = URL(address: Self.webhook) else { throw NoAddress() }
        let kept = kept
        return kept.withLock { state in
            ProvisionContext(
                api: KeyedClient(
                    client, .bearer(field: "key"), key: Secret(key), host: simulator.origin),
                host: simulator.origin, grant: nil, project: nil, webhookURL: url,
                webhookSecret: state.secret, isSecretFixed: state.isFixed,
                mergesDuplicates: merges, derived: state.derived,
                keep: { values in kept.withLock { $0.values += values } })
        }
    }

    private struct NoAddress: Error {}

    func plan(merges: Bool = false) async throws -> ProvisionPlan {
        try await Stripe().plan(try context(merges: merges))
    }

    /// Plans and applies; what is reported is stored, as the engine does.
    @discardableResult
    func provision(
        merges: Bool = false, through client: any HTTPClient = CurlClient()
    ) async throws -> ProvisionReport {
        let context = try context(merges: merges, through: client)
        kept.withLock { $0.values = [] }
        let report = try await Stripe().apply(try await Stripe().plan(context), context)
        kept.withLock { state in
            state.derived.merge(report.derived) { $1 }
            state.secret = state.isFixed ? state.secret : report.webhookSecret ?? state.secret
        }
        return report
    }

    func undo(rehearsing: Bool = false) async throws -> UndoReport {
        try await Stripe().undo(
            kept.withLock { $0.values }, rehearsing: rehearsing, try context())
    }

    func remove(
        rehearsing: Bool = false, through client: any HTTPClient = CurlClient()
    ) async throws -> RemovalReport {
        try await Stripe().remove(
            Removal(isRehearsal: rehearsing), try context(through: client))
    }

    /// The one enabled endpoint that posts to us, or null.
    var only: JSONValue {
        let enabled = simulator.enabled()
        return enabled.count == 1 ? enabled[0] : .null
    }

    /// Whether what is stored verifies what the one enabled endpoint signs.
    var isSecretRight: Bool {
        guard let id = only["id"]?.string, let secret = simulator.secret(of: id) else {
            return false
        }
        return kept.withLock { $0.secret } == Secret(secret)
    }
}
