/// Credential, secret, plan, apply, and back again: one run at a time for each provider, and one of
/// all processes on the database where something is written.
///
/// Everything here throws an ``APIError`` for a refusal and a ``ProvisionError`` for the provider's
/// failure.
actor Provisioner {
    /// Longer than a run takes; a process that dies gives the lock back at once.
    private static let lease = Duration.seconds(600)
    private static let patience = Duration.seconds(60)

    private let steps: ProvisionSteps
    private var running: [ProviderID: Task<Void, Never>] = [:]

    init(
        tokens: TokenManager, secrets: WebhookSecrets, configuration: InstanceConfiguration,
        client: any HTTPClient, proof: LoopProof.Means
    ) {
        steps = ProvisionSteps(
            access: ProvisionAccess(tokens: tokens, configuration: configuration),
            secrets: secrets, client: client, proof: proof)
    }

    /// Sets the provider's side up; what is replaced there is kept first.
    func provision(
        _ provider: any Provider, _ request: ProvisionRequest
    ) async throws -> ProvisionReply {
        try await alone(provider) { [steps] in try await steps.apply(provider, request) }
    }

    /// Only looks: nothing is minted and nothing written.
    func plan(_ provider: any Provider, _ request: ProvisionRequest) async throws -> PlanReply {
        try await inTurn(provider) { [steps] in try await steps.plan(provider, request) }
    }

    /// A plan for the project that was provisioned, unless something else says which.
    func drift(_ provider: any Provider, project: String?) async throws -> PlanReply {
        try await inTurn(provider) { [steps] in try await steps.drift(provider, project) }
    }

    /// Sends a test event round.
    func verify(_ provider: any Provider, project: String?) async throws -> LoopReply {
        try await inTurn(provider) { [steps] in try await steps.verify(provider, project) }
    }

    /// Puts back what the latest change replaced, and forgets it.
    func undo(_ provider: any Provider, rehearsing: Bool) async throws -> UndoReply {
        if rehearsing {
            return try await inTurn(provider) { [steps] in
                try await steps.undo(provider, rehearsing: true)
            }
        }
        return try await alone(provider) { [steps] in
            try await steps.undo(provider, rehearsing: false)
        }
    }

    /// Leaves it, or says what that would do.
    func disconnect(
        _ provider: any Provider, _ request: DisconnectRequest
    ) async throws -> DisconnectReply {
        let leaving = DisconnectSteps(
            provider: provider, request: request, access: steps.access, secrets: steps.secrets,
            client: steps.client)
        if request.isPlan { return try await inTurn(provider) { try await leaving.run() } }
        return try await alone(provider) { try await leaving.run() }
    }

    /// Else what one process makes at the service could outlive the leaving in another.
    private func alone<Reply: Sendable>(
        _ provider: any Provider, _ body: @escaping @Sendable () async throws -> Reply
    ) async throws -> Reply {
        let database = steps.access.tokens.parts.database
        return try await inTurn(provider) {
            let lock = try await database.lock(
                "provision-\(provider.id)", lease: Self.lease, patience: Self.patience)
            let result: Result<Reply, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            await lock.release()
            return try result.get()
        }
    }

    private func inTurn<Reply: Sendable>(
        _ provider: any Provider, _ body: @escaping @Sendable () async throws -> Reply
    ) async throws -> Reply {
        let previous = running[provider.id]
        let run = Task {
            await previous?.value
            return try await body()
        }
        running[provider.id] = Task { _ = try? await run.value }
        return try await run.value
    }
}
