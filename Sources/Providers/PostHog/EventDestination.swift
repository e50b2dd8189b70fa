import Engine

/// Keeps one destination of a project as it should be: finds it, compares it, writes at most once.
struct EventDestination {
    private let context: ProvisionContext
    private let api: PostHogAPI
    private let choice: ProjectChoice
    private let desired: DesiredDestination

    init(_ context: ProvisionContext) {
        self.context = context
        api = PostHogAPI(context)
        choice = ProjectChoice(context, api)
        desired = DesiredDestination(
            url: context.webhookURL.absoluteString, secret: context.webhookSecret)
    }

    // MARK: Planning

    func plan() async throws(ProvisionError) -> ProvisionPlan {
        try checkTexts()
        let project = try await choice.project()
        let list = DestinationList(api: api, project: project.id)
        guard let ours = try await list.ours(desired.url) else {
            let target = ProvisionTarget(project: project.id, destination: nil)
            return ProvisionPlan(
                action: .created, changes: desired.changesOfCreation, target: target.json)
        }
        let changes = desired.changes(in: ours)
        let target = ProvisionTarget(project: project.id, destination: ours.id)
        return ProvisionPlan(
            action: changes.isEmpty ? .unchanged : .updated, changes: changes, target: target.json)
    }

    /// Braces would make code of an address or a secret.
    private func checkTexts() throws(ProvisionError) {
        guard DesiredDestination.isPlain(desired.url) else {
            throw api.unsupported("the instance's address holds a brace or a backslash")
        }
        guard context.webhookSecret.map({ DesiredDestination.isPlain($0.reveal()) }) ?? true else {
            throw api.unsupported("the webhook secret holds a brace or a backslash")
        }
    }

    // MARK: Applying

    /// When somebody else was faster, looks again, once.
    func apply(_ plan: ProvisionPlan) async throws(ProvisionError) -> ProvisionReport {
        try checkTexts()
        do throws(ProvisionError) {
            return try await carryOut(plan)
        } catch .unexpectedAnswer(_, let status?, _) where [404, 409].contains(status) {
            return try await carryOut(try await self.plan())
        }
    }

    private func carryOut(_ plan: ProvisionPlan) async throws(ProvisionError) -> ProvisionReport {
        guard context.webhookSecret != nil, let target = ProvisionTarget(plan.target) else {
            throw .unexpectedAnswer(
                step: "provisioning", status: nil,
                detail: "the plan or the webhook secret is missing")
        }
        let project = try await choice.read(target.project)
        let list = DestinationList(api: api, project: project.id)
        let (action, written) = try await write(target.destination, list)
        return report(action, written, project)
    }

    /// The plan holds no header values, since others' secrets may be among them; so what is to be
    /// changed is read again.
    private func write(
        _ id: String?, _ list: DestinationList
    ) async throws(ProvisionError) -> (ProvisionPlan.Action, Destination) {
        guard let id else {
            return (.created, try await checked(try await list.create(desired.creation), list))
        }
        let current = try await list.read(id)
        if desired.changes(in: current).isEmpty { return (.unchanged, current) }
        let changed = try await list.change(id, desired.patch(of: current))
        return (.updated, try await checked(changed, list))
    }

    /// PostHog drops what it does not know without a word, and keeps edits of some callers as a
    /// draft.
    private func checked(
        _ written: Destination, _ list: DestinationList
    ) async throws(ProvisionError) -> Destination {
        let whole = written.isComplete ? written : try await list.read(written.id)
        guard let field = desired.changes(in: whole).first?.field else { return whole }
        throw .unexpectedAnswer(
            step: "writing the destination", status: nil,
            detail: "PostHog did not keep the field '\(field)'")
    }

    private func report(
        _ action: ProvisionPlan.Action, _ destination: Destination, _ project: PostHogProject
    ) -> ProvisionReport {
        let host = context.host.withoutTrailingSlash
        let page = "\(host)/project/\(project.id)/functions/\(destination.id)"
        var derived = ["projectId": Secret(String(project.id)), "privateHost": Secret(host)]
        derived["projectApiKey"] = project.apiToken
        return ProvisionReport(
            action: action,
            details: [
                "created": .bool(action == .created), "hogFunctionId": .string(destination.id),
                "enabled": .bool(destination.isEnabled), "projectId": .string(String(project.id)),
                "dashboardUrl": .string(page),
            ], derived: derived)
    }
}
