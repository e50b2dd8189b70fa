/// The leaving of a provider, as a client asks for it; the instance does the work.
package struct Disconnection: Sendable {
    package let provider: any Provider
    package let instance: InstanceClient

    package init(provider: any Provider, instance: InstanceClient) {
        self.provider = provider
        self.instance = instance
    }

    /// What became of the steps, finished or not.
    package func send(_ request: DisconnectRequest) async throws -> DisconnectOutcome {
        let answer = try await instance.disconnect(provider.id, request)
        if [200, 502].contains(answer.status), let reply = DisconnectReply(answer.json),
            reply.isPlan == request.isPlan
        {
            return DisconnectOutcome(
                providerID: provider.id, instance: instance.url, reply: reply,
                hint: answer.json["remediation"]?.string?.sanitized())
        }
        throw refusal(answer)
    }

    private func refusal(_ answer: InstanceClient.Answer) -> ConnectError {
        guard answer.status != 404 else {
            return ConnectError(
                .disconnectIncomplete,
                "the instance does not know how to leave '\(provider.id)'",
                hint: "update the instance, then run the command again")
        }
        let error = answer.json["error"]?.string?.sanitized() ?? "status \(answer.status)"
        return ConnectError(
            .disconnectIncomplete,
            answer.json["detail"]?.string?.sanitized() ?? "the instance answered '\(error)'",
            hint: answer.json["remediation"]?.string?.sanitized()
                ?? "run the command again; it goes on where it ended")
    }
}

/// How a `disconnect` ended, or what it would do.
package struct DisconnectOutcome: Sendable {
    package let providerID: ProviderID
    package let instance: URL
    package let reply: DisconnectReply
    /// What to do about a step that is open.
    package let hint: String?

    package var verdict: Verdict {
        if reply.isNothing { return .nothingToDisconnect }
        if reply.isPlan { return .planPending }
        return reply.isDisconnected ? .disconnected : .disconnectIncomplete
    }

    /// Why it is not finished.
    package var error: ConnectError? {
        guard verdict == .disconnectIncomplete else { return nil }
        let open = reply.steps.first { [.failed, .pending].contains($0.outcome) }
        return ConnectError(
            verdict, open?.text ?? "a step is open", hint: hint ?? "run the command again")
    }

    /// The one document of `--json`.
    package var json: JSONValue {
        var members = reply.json.object ?? [:]
        members["ok"] = .bool(error == nil)
        members["verdict"] = .string(verdict.rawValue)
        members["providerId"] = .string(providerID.rawValue)
        members["instance"] = .string(instance.withoutTrailingSlash)
        if let error {
            members["error"] = .string(error.description)
            members["hint"] = error.hint.map { .string($0) } ?? .null
        }
        return .object(members)
    }
}
