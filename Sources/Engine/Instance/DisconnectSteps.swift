/// Leaves a provider: what delivers there, then its tokens, then the rows.
///
/// The rows stay until the steps that need their token are done, and each step is noted, so that
/// after a failure or a crash the next run goes on where this one ended.
struct DisconnectSteps: Sendable {
    typealias Step = DisconnectReply.Step

    let provider: any Provider
    let request: DisconnectRequest
    let access: ProvisionAccess
    let secrets: WebhookSecrets
    let client: any HTTPClient

    private var id: ProviderID { provider.id }
    private var parts: TokenParts { access.tokens.parts }
    private var remote: RemoteRemoval {
        RemoteRemoval(provider: provider, access: access, secrets: secrets, client: client)
    }
    private var rows: CredentialRemoval {
        CredentialRemoval(
            provider: provider, tokens: access.tokens, isEverywhere: request.isEverywhere)
    }

    func run() async throws -> DisconnectReply {
        let found = try await Leftovers(of: id, in: parts)
        if found.isNothing { return DisconnectReply(isPlan: request.isPlan, steps: []) }
        return request.isPlan ? await plan(found) : try await leave(found)
    }

    // MARK: Looking

    private func plan(_ found: Leftovers) async -> DisconnectReply {
        let (destination, notes) = await destination(found, rehearsing: true)
        guard destination.outcome != .failed else {
            return incomplete([destination, Self.notBegun], notes, isPlan: true)
        }
        return DisconnectReply(
            isPlan: true,
            steps: [destination, rows.planned(found), credential(.planned, found)],
            notes: notes + environmentNotes)
    }

    // MARK: Leaving

    private func leave(_ found: Leftovers) async throws -> DisconnectReply {
        var record: DisconnectRecord
        if let known = found.record {
            record = known
        } else {
            record = try await parts.disconnects.open(id, secret: try await lastSecret())
        }
        let (destination, notes) = await destination(found, rehearsing: false)
        guard destination.outcome != .failed else {
            return incomplete([destination, Self.notBegun], notes)
        }
        record.destination = destination.noted
        record.grantName = try rows.name(of: found.grant)
        guard try await parts.disconnects.save(id, record) else { throw Self.connectedAgain }
        let revocation = try await rows.remove(&record)
        guard revocation.outcome != .pending else {
            return incomplete([destination, revocation], notes)
        }
        return DisconnectReply(
            isPlan: false, steps: [destination, revocation, credential(.done, found)],
            notes: notes + environmentNotes)
    }

    private static let notBegun = Step(.revocation, .pending, "not begun")

    private func credential(_ outcome: Step.Outcome, _ found: Leftovers) -> Step {
        let isSecretStored = found.derived?.contents?[WebhookKeys.member] != nil
        let names = "the stored credential" + (isSecretStored ? " and the webhook secret" : "")
        return Step(.credential, outcome, "\(names) \(isSecretStored ? "are" : "is") deleted")
    }

    private func incomplete(
        _ steps: [Step], _ notes: [String], isPlan: Bool = false
    ) -> DisconnectReply {
        let text = "kept until the steps before it are done"
        return DisconnectReply(
            isPlan: isPlan, steps: steps + [Step(.credential, .pending, text)], notes: notes)
    }

    private func destination(
        _ found: Leftovers, rehearsing: Bool
    ) async -> (Step, notes: [String]) {
        if request.keepsDestination {
            let isTaken = access.configuration.providers[id]?.webhookSecret != nil
            let fate = isTaken ? "goes on being stored" : "is answered and dropped"
            let text = "left as it is; what it still delivers \(fate)"
            return (Step(.destination, .skipped, text), [])
        }
        if let step = Step(noted: found.record?.destination), step.outcome == .done {
            return (step, [])
        }
        return await remote.step(found, rehearsing: rehearsing)
    }

    /// Nil also when it cannot be read: then nothing that still arrives can be known by it.
    private func lastSecret() async throws(DatabaseError) -> Secret? {
        guard case .found(let keys) = try await secrets.lookUp(id) else { return nil }
        return keys.current
    }

    /// What the environment says goes on after the rows are gone.
    private var environmentNotes: [String] {
        let settings = access.configuration.providers[id]
        let key = "the instance's environment holds a key of \(provider.name), which stays in use"
        let secret =
            "the instance's environment holds the webhook secret, so that what still arrives with"
            + " it is taken until that is unset"
        return (settings?.personalKey == nil ? [] : [key])
            + (settings?.webhookSecret == nil ? [] : [secret])
    }

    static let connectedAgain = APIError(
        409, "connected_again",
        detail: "the provider was connected or provisioned again meanwhile, so that was kept",
        remediation: "run the command again to disconnect that as well")
}

extension DisconnectReply.Step {
    /// As it is kept until the leaving is finished.
    var noted: String { String(decoding: json.encoded(), as: UTF8.self) }

    init?(noted text: String?) {
        guard let text, let json = JSONValue(decoding: Data(text.utf8)) else { return nil }
        self.init(json)
    }
}
