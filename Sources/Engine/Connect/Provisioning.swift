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
        let path = flow.provider.clientRoutes.provision
        let reply = try await flow.step("POST \(flow.instance.address(path))") {
            try await provision(project: flow.options.project)
        }
        flow.report(.provisioned(reply))
        return reply
    }

    /// Several projects, and someone to ask: asked once, then tried with the answer.
    private func provision(project: String?) async throws -> ProvisionReply {
        let answer = try await flow.instance.provision(flow.provider, project: project)
        if answer.status == 200, let reply = ProvisionReply(answer.json) { return reply }
        let candidates = Self.candidates(answer.json)
        if project == nil, !candidates.isEmpty, let prompt = flow.prompt {
            guard let chosen = await prompt.project(candidates) else { throw CancellationError() }
            return try await provision(project: chosen)
        }
        throw refusal(answer, candidates)
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
