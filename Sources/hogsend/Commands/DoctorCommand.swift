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
            let credential = stored.first { $0.providerID == provider.id.rawValue }
            let skew = try await ClockComparison(instance: instance, client: context.client)
                .skew(against: info.grantHost)
            findings += ProviderExamination(
                provider: provider, info: info, credential: credential, clockSkew: skew
            ).findings()
            findings += DriftExamination(provider: provider)
                .findings(try await instance.drift(provider))
        }
        let isHealthy = findings.allSatisfy { $0.isGood }
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
            console.line("\(finding.isGood ? "ok  " : "look")  \(finding.id): \(finding.text)")
            if let hint = finding.hint { console.line("      hint: \(hint)") }
        }
    }
}

/// One thing that was looked at.
struct Finding: Sendable, Equatable {
    /// A stable word.
    let id: String
    let isGood: Bool
    let text: String
    let hint: String?

    init(_ id: String, good isGood: Bool = false, _ text: String, hint: String? = nil) {
        self.id = id
        self.isGood = isGood
        self.text = text
        self.hint = hint
    }

    var json: JSONValue {
        [
            "id": .string(id), "status": isGood ? "ok" : "attention", "message": .string(text),
            "hint": hint.map { .string($0) } ?? .null,
        ]
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
