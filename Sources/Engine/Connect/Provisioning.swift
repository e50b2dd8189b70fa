/// The provisioning end of `connect`; the instance does the work.
struct Provisioning: Sendable {
    let flow: ConnectFlow

    /// After a login nothing here fails the command: a credential is stored.
    func afterLogin(_ info: ConnectInfo) async throws -> ConnectOutcome.Provision {
        if flow.options.skipsProvisioning { return .skipped("no_provision_flag") }
        if info.isPublicURLLoopback { return .skipped(Verdict.apiPublicURLUnreachable.rawValue) }
        do {
            return .done(try await required())
        } catch is CancellationError {
            throw ConnectError.interrupted(isCredentialStored: true)
        } catch let error as ConnectError {
            return .failed(error: error.description, hint: error.hint)
        }
    }

    func required() async throws -> ProvisionReply {
        var request = ProvisionRequest(project: flow.options.project)
        request.mergesDuplicates = flow.options.mergesDuplicates
        request.rotatesSecret = flow.options.rotatesSecret
        request.grace = flow.options.grace
        let reply = try await answer(to: request, as: ProvisionReply.init)
        flow.report(.provisioned(reply))
        return reply
    }

    /// What the instance answers; every other answer is refused.
    func answer<Reply: Sendable>(
        to request: ProvisionRequest, as read: (JSONValue) -> Reply?
    ) async throws -> Reply {
        let path = flow.instance.provisionPath(flow.provider, request)
        return try await flow.step("POST \(flow.instance.address(path))") {
            try await send(request, read)
        }
    }

    /// Several projects, and someone to ask: asked once, then tried with the answer.
    private func send<Reply: Sendable>(
        _ request: ProvisionRequest, _ read: (JSONValue) -> Reply?
    ) async throws -> Reply {
        let answer = try await flow.instance.provision(flow.provider, request)
        if answer.status == 200, let reply = read(answer.json) { return reply }
        let candidates = Self.candidates(answer.json)
        if request.project == nil, !candidates.isEmpty, let prompt = flow.prompt {
            guard let chosen = await prompt.project(candidates) else { throw CancellationError() }
            var request = request
            request.project = chosen
            return try await send(request, read)
        }
        if answer.status == 404, request.isBeyondOldRoutes { throw tooOld }
        throw refusal(answer, candidates)
    }

    private var tooOld: ConnectError {
        ConnectError(
            .provisionFailed, "the instance knows neither plans nor merging, undoing and rotating",
            hint: "update the instance, then run the command again")
    }

    private static func candidates(_ json: JSONValue) -> [ProvisionError.ProjectCandidate] {
        (json["candidates"]?.array ?? []).compactMap { element in
            guard let id = element["id"]?.string ?? element["id"]?.integer.map(String.init) else {
                return nil
            }
            return ProvisionError.ProjectCandidate(
                id: id.sanitized(limit: 80),
                name: element["name"]?.string?.sanitized(limit: 80) ?? "")
        }
    }

    private func refusal(
        _ answer: InstanceClient.Answer, _ candidates: [ProvisionError.ProjectCandidate]
    ) -> ConnectError {
        let error = answer.json["error"]?.string?.sanitized() ?? "status \(answer.status)"
        let detail =
            answer.json["detail"]?.string?.sanitized(limit: 600)
            ?? "the instance answered '\(error)'"
        let hint = answer.json["remediation"]?.string?.sanitized()
        let listed = candidates.map { "\($0.id) (\($0.name))" }.joined(separator: ", ")
        return ConnectError(
            verdict(error), listed.isEmpty ? detail : "\(detail): \(listed)",
            hint: hint ?? defaultHint(verdict(error)))
    }

    private func verdict(_ error: String) -> Verdict {
        switch error {
        case "no_\(flow.provider.id)_credential": .noCredential
        case "\(flow.provider.id)_not_configured": .notConfigured
        case Verdict.apiPublicURLUnreachable.rawValue: .apiPublicURLUnreachable
        case Verdict.nothingToUndo.rawValue: .nothingToUndo
        default: .provisionFailed
        }
    }

    /// For instances whose refusals carry no remedy.
    private func defaultHint(_ verdict: Verdict) -> String {
        switch verdict {
        case .noCredential: "run `hogsend connect \(flow.provider.id)` first"
        case .notConfigured: "run `hogsend connect \(flow.provider.id)` with a host"
        case .apiPublicURLUnreachable:
            "run `hogsend connect \(flow.provider.id) --provision-only --url https://your-instance` against a deployed instance"
        default: "run the command again with --provision-only"
        }
    }
}
