import Engine

/// `hogsend doctor`: what is right, what is not, and what to do about it.
struct DoctorCommand: Command {
    let usage = "doctor"
    let summary = "check the instance and every provider's credential on it"

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        var findings = try await Examination(instance: instance).instanceFindings()
        let stored = try await instance.credentials()
        for provider in context.registry.providers {
            let info = try await instance.connectInfo(provider)
            // Beside the rest, since it is the one that may be waited for in vain.
            async let document = ClientExamination(
                provider: provider, own: info.details["clientId"]?.string,
                host: info.grantHost.flatMap { URL(address: $0) }, client: context.client
            ).finding()
            let credential = stored.first { $0.providerID == provider.id.rawValue }
            let skew = try await ClockComparison(instance: instance, client: context.client)
                .skew(against: info.grantHost)
            findings += ProviderExamination(
                provider: provider, info: info, credential: credential, clockSkew: skew
            ).findings()
            findings += DriftExamination(provider: provider)
                .findings(try await instance.drift(provider))
            findings += await document.map { [$0] } ?? []
        }
        let isHealthy = findings.allSatisfy { $0.standing != .attention }
        context.console.document([
            "ok": .bool(isHealthy), "verdict": isHealthy ? "healthy" : "attention",
            "instance": .string(instance.url.withoutTrailingSlash),
            "checks": .array(findings.map(\.json)),
        ])
        if !context.console.isJSON { show(findings, context.console) }
        return isHealthy ? ExitStatus.done : ExitStatus.somethingToDo
    }

    private func show(_ findings: [Finding], _ console: Console) {
        for finding in findings {
            console.line("\(finding.mark)  \(finding.id): \(finding.text)")
            if let hint = finding.hint { console.line("      hint: \(hint)") }
        }
    }
}

/// What can be said of the instance itself.
private struct Examination {
    let instance: InstanceClient

    func instanceFindings() async throws -> [Finding] {
        let health = try await instance.health()
        let status = health["status"]?.string?.sanitized(limit: 40) ?? "unknown"
        let isHealthy = status == "healthy"
        return [
            Finding(
                "instance", good: isHealthy,
                "\(instance.url.withoutTrailingSlash) is \(status)",
                hint: isHealthy ? nil : "look at the instance's log")
        ]
    }
}
