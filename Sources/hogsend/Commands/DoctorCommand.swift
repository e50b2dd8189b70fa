import Engine

/// `hogsend doctor`: what is right, what is not, and what to do about it.
struct DoctorCommand: Command {
    let usage = "doctor"
    let summary = "check the instance and every provider's credential on it"

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        var findings = try await Examination(instance: instance).instanceFindings()
        let stored = try await instance.credentials()
        let providers = try await ProvidersInUse(
            of: context.registry.providers, on: instance, stored: stored)
        for known in providers.examined {
            // Beside the rest, since it is the one that may be waited for in vain.
            async let document = ClientExamination(
                provider: known.provider, own: known.info.details["clientId"]?.string,
                host: known.info.grantHost.flatMap { URL(address: $0) }, client: context.client
            ).finding()
            let skew = try await ClockComparison(instance: instance, client: context.client)
                .skew(against: known.info.grantHost)
            findings += ProviderExamination(
                provider: known.provider, info: known.info, credential: known.credential,
                clockSkew: skew
            ).findings()
            findings += DriftExamination(provider: known.provider)
                .findings(try await instance.drift(known.provider))
            findings += await document.map { [$0] } ?? []
        }
        findings += providers.unknown.map {
            Finding(
                "\($0.id).credential",
                "a credential of \($0.name) is stored, and the instance does not know the provider",
                hint: "run `hogsend credentials delete \($0.id)`, or update the instance")
        }
        findings += providers.others.map {
            Finding("\($0.id).credential", good: true, "\($0.name) is not in use")
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
