import Engine

/// What can be said of a provider's side: whether it still is as provisioning left it.
struct DriftExamination {
    let provider: any Provider

    /// Nothing where it cannot be provisioned at all, which other findings are about, and where the
    /// instance does not know the question.
    func findings(_ answer: InstanceClient.Answer) -> [Finding] {
        switch answer.status {
        case 200:
            guard let plan = PlanReply(answer.json) else { return [] }
            return [destination(plan), duplicates(plan)].compactMap { $0 }
        case 404, 409: return []
        default: return [failure(answer.json)]
        }
    }

    private func destination(_ plan: PlanReply) -> Finding {
        let id = "\(provider.id).destination"
        guard plan.isPending else {
            return Finding(id, good: true, "\(provider.name)'s side is as it should be")
        }
        let fields = plan.changes.map(\.field).joined(separator: ", ")
        let isMissing = plan.action == ProvisionPlan.Action.created.rawValue
        return Finding(
            id,
            isMissing
                ? "nothing at \(provider.name) posts to this instance"
                : "\(provider.name)'s side differs from what it should be: \(fields)",
            hint: "look with `hogsend connect \(provider.id) --plan`, mend it with --provision-only"
        )
    }

    private func duplicates(_ plan: PlanReply) -> Finding? {
        let enabled = plan.duplicates.filter(\.isEnabled)
        if enabled.isEmpty { return nil }
        let named = enabled.map { "\($0.id) (\($0.address))" }.joined(separator: ", ")
        return Finding(
            "\(provider.id).duplicates", "more than one posts to the same path: \(named)",
            hint: "disable these with `hogsend connect \(provider.id) --provision-only --merge`")
    }

    private func failure(_ json: JSONValue) -> Finding {
        let detail = json["detail"]?.string?.sanitized() ?? "the instance could not look"
        return Finding(
            "\(provider.id).destination",
            "\(provider.name)'s side could not be looked at: \(detail)",
            hint: json["remediation"]?.string?.sanitized() ?? "run `hogsend doctor` again later")
    }
}
