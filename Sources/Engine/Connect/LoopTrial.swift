/// The last step of `connect`: whether a test event goes round.
///
/// Nothing that is found fails the command, since what was set up stays set up.
struct LoopTrial: Sendable {
    let flow: ConnectFlow

    func run(after provision: ConnectOutcome.Provision) async throws -> LoopReply {
        if flow.options.skipsProof { return .skipped(.noVerifyFlag) }
        guard case .done = provision else { return .skipped(.notProvisioned) }
        guard flow.provider.webhook != nil else { return .skipped(.notSupported) }
        let name = "POST \(flow.instance.address(APIPath.verify(flow.provider.id)))"
        flow.report(.began(name))
        let reply: LoopReply
        do {
            reply = try await ask()
        } catch {
            flow.report(.failed(name))
            throw error
        }
        if case .lost = reply { flow.report(.failed(name)) } else { flow.report(.finished(name)) }
        flow.report(.tried(reply))
        return reply
    }

    private func ask() async throws -> LoopReply {
        do {
            return read(
                try await flow.instance.verify(flow.provider, project: flow.options.project))
        } catch let error as ConnectError {
            return .lost(LoopLoss(.instance, error.description, hint: error.hint))
        }
    }

    private func read(_ answer: InstanceClient.Answer) -> LoopReply {
        if answer.status == 200, let reply = LoopReply(answer.json) { return reply }
        if answer.status == 404 { return .skipped(.notSupported) }
        let error = answer.json["error"]?.string?.sanitized() ?? "status \(answer.status)"
        return .lost(
            LoopLoss(
                .instance,
                answer.json["detail"]?.string?.sanitized(limit: 600)
                    ?? "the instance answered '\(error)'",
                hint: answer.json["remediation"]?.string?.sanitized()
                    ?? "run the command again with --provision-only"))
    }
}
