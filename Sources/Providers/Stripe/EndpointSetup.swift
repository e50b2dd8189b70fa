import Engine

/// Keeps one endpoint of an account as it should be: finds it, compares it, and mends it.
struct EndpointSetup {
    typealias Change = ProvisionPlan.Change

    /// The name, among what is kept of provisioning, of the endpoint whose secret is stored.
    static let keptMember = "endpointId"

    private let context: ProvisionContext
    private let api: StripeAPI

    init(_ context: ProvisionContext) {
        self.context = context
        api = StripeAPI(context)
    }

    // MARK: Planning

    func plan() async throws(ProvisionError) -> ProvisionPlan {
        let choice = try await choice()
        let changes =
            (choice.kept?.changes(to: choice.events) ?? creation(choice))
            + choice.superseded.map(\.retirement)
            + (context.mergesDuplicates
                ? choice.duplicates.compactMap(\.asDuplicate.disabling) : [])
        return ProvisionPlan(
            action: choice.kept == nil ? .created : changes.isEmpty ? .unchanged : .updated,
            changes: changes, duplicates: choice.duplicates.map(\.asDuplicate),
            target: choice.kept.map { .string($0.id) } ?? .null)
    }

    private func choice() async throws(ProvisionError) -> EndpointChoice {
        let choice = EndpointChoice(try await api.endpoints(), context)
        guard choice.kept != nil || !context.isSecretFixed else {
            throw .unsupportedInstance(
                host: context.host.withoutTrailingSlash,
                reason: "no webhook endpoint posts to this instance, and a new one's signing secret"
                    + " would not be the one that STRIPE_WEBHOOK_SECRET says")
        }
        return choice
    }

    private func creation(_ choice: EndpointChoice) -> [Change] {
        [
            Change("url", from: nil, to: context.webhookURL.absoluteString),
            Change("enabled_events", from: nil, to: choice.events.joined(separator: ", ")),
            Change("enabled", from: nil, to: "true"),
        ]
    }

    // MARK: Applying

    /// Looks again, since what was planned for may be gone; and once more when it goes meanwhile.
    func apply() async throws(ProvisionError) -> ProvisionReport {
        do throws(ProvisionError) {
            return try await carryOut(try await choice())
        } catch .unexpectedAnswer(_, status: 404, _) {
            return try await carryOut(try await choice())
        }
    }

    private func carryOut(_ choice: EndpointChoice) async throws(ProvisionError) -> ProvisionReport
    {
        let writing = EndpointWriting(api: api, context: context)
        let made = choice.kept == nil ? try await writing.make(choice.unfinished) : nil
        guard let endpoint = made?.endpoint ?? choice.kept else { return .init(action: .unchanged) }
        var changes = made.map { _ in creation(choice) } ?? endpoint.changes(to: choice.events)
        try await writing.mend(endpoint, to: choice.events)
        let retired = choice.retired.filter { $0.id != endpoint.id }
        try await writing.disable(retired)
        changes += retired.map(\.retirement)
        var duplicates = choice.duplicates.map(\.asDuplicate)
        if context.mergesDuplicates {
            try await writing.disable(choice.duplicates.filter(\.isEnabled))
            changes += duplicates.compactMap(\.disabling)
            duplicates = duplicates.map(\.disabled)
        }
        return report(endpoint, made?.secret, changes, duplicates)
    }

    private func report(
        _ endpoint: WebhookEndpoint, _ secret: Secret?, _ changes: [Change],
        _ duplicates: [ProvisionPlan.Duplicate]
    ) -> ProvisionReport {
        ProvisionReport(
            action: secret != nil ? .created : changes.isEmpty ? .unchanged : .updated,
            changes: changes, duplicates: duplicates,
            details: ["endpointId": .string(endpoint.id), "created": .bool(secret != nil)],
            derived: context.isSecretFixed ? [:] : [Self.keptMember: Secret(endpoint.id)],
            webhookSecret: secret)
    }
}
