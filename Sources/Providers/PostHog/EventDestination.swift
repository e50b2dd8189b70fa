import Engine

/// Keeps one destination of a project as it should be: finds it, compares it, and mends it.
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
            url: context.webhookURL.absoluteString, secret: context.webhookSecret,
            signing: context.webhookSigning)
    }

    // MARK: Planning

    func plan() async throws(ProvisionError) -> ProvisionPlan {
        try checkTexts()
        let project = try await choice.project()
        let found = try await DestinationList(api: api, project: project.id)
            .receivers(desired.url)
        let target = ProvisionTarget(project: project.id, destination: found.first?.id)
        guard let ours = found.first else {
            return ProvisionPlan(
                action: .created, changes: desired.changesOfCreation, target: target.json)
        }
        let duplicates = found.dropFirst().map(\.asDuplicate)
        let changes =
            desired.changes(in: ours)
            + (context.mergesDuplicates ? duplicates.compactMap(\.disabling) : [])
        return ProvisionPlan(
            action: changes.isEmpty ? .unchanged : .updated, changes: changes,
            duplicates: duplicates, target: target.json)
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

    /// When the destination was deleted since it was planned for, looks again, once.
    func apply(_ plan: ProvisionPlan) async throws(ProvisionError) -> ProvisionReport {
        try checkTexts()
        do throws(ProvisionError) {
            return try await carryOut(plan)
        } catch .unexpectedAnswer(_, status: 404, _) {
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
        let writing = DestinationWriting(
            list: DestinationList(api: api, project: project.id), desired: desired,
            keep: context.keep)
        var written = try await writing.write(target.destination)
        var duplicates = plan.duplicates
        if context.mergesDuplicates {
            let disabled = try await writing.disable(duplicates)
            written.changes += disabled.compactMap(\.disabling)
            duplicates = duplicates.map { disabled.contains($0) ? $0.disabled : $0 }
        }
        return report(written, duplicates, project)
    }

    private func report(
        _ written: DestinationWriting.Written, _ duplicates: [ProvisionPlan.Duplicate],
        _ project: PostHogProject
    ) -> ProvisionReport {
        let host = context.host.withoutTrailingSlash
        let destination = written.destination
        let page = "\(host)/project/\(project.id)/functions/\(destination.id)"
        var derived = ["projectId": Secret(String(project.id)), "privateHost": Secret(host)]
        derived["projectApiKey"] = project.apiToken
        if written.isCreated {
            derived[DestinationRemoval.madeMember] = Secret("\(project.id)/\(destination.id)")
        }
        return ProvisionReport(
            action: written.action, changes: written.changes, duplicates: duplicates,
            details: [
                "created": .bool(written.isCreated), "hogFunctionId": .string(destination.id),
                "enabled": .bool(destination.isEnabled), "projectId": .string(String(project.id)),
                "dashboardUrl": .string(page),
            ], derived: derived,
            signedObject: desired.isSigned(written.destination) ? destination.id : nil)
    }
}
