import Engine

/// The one address to which an application's interactions go.
struct InteractionsEndpoint {
    private static let field = DiscordAPI.endpointField

    private let api: DiscordAPI
    private let address: JSONValue
    private let keep: ProvisionContext.Keeping

    init(_ context: ProvisionContext) {
        api = DiscordAPI(context)
        address = .string(context.webhookURL.absoluteString)
        keep = context.keep
    }

    func plan() async throws(ProvisionError) -> ProvisionPlan {
        let application = try await read()
        return ProvisionPlan(
            action: action(application), changes: changes(application),
            target: .string(application.id))
    }

    func apply() async throws(ProvisionError) -> ProvisionReport {
        let application = try await read()
        if application.endpoint != address {
            try await keep([
                PriorValue(
                    object: application.id, field: Self.field, before: application.endpoint,
                    after: address)
            ])
            try await set(address, step: "setting the interactions endpoint")
        }
        return ProvisionReport(
            action: action(application), changes: changes(application),
            details: ["applicationId": .string(application.id)])
    }

    /// Discord tries an earlier address out as well, and may not take it back.
    func undo(
        _ values: [PriorValue], rehearsing: Bool
    ) async throws(ProvisionError) -> UndoReport {
        guard let value = values.last(where: { $0.field == Self.field }) else {
            return UndoReport()
        }
        let now = try await read().endpoint
        if now == value.before { return UndoReport() }
        guard now == value.after else {
            return UndoReport(kept: [.init(Self.field, because: "was changed since")])
        }
        if !rehearsing {
            do throws(ProvisionError) {
                try await set(value.before, step: "putting the interactions endpoint back")
            } catch .unexpectedAnswer(_, status: 400, _) {
                return UndoReport(kept: [
                    .init(Self.field, because: "was not taken back by Discord")
                ])
            }
        }
        return UndoReport(changes: [change(from: now, to: value.before)])
    }

    func remove(rehearsing: Bool) async throws(ProvisionError) -> RemovalReport {
        let application = try await read()
        guard application.endpoint == address else { return RemovalReport() }
        if !rehearsing {
            try await set(.null, step: "taking the interactions endpoint away")
        }
        return RemovalReport(
            removed: [.init("interactions endpoint of application \(application.id)", .deleted)])
    }

    // MARK: Parts

    private func read() async throws(ProvisionError) -> Application {
        try await api.application(step: "reading the application")
    }

    private func set(_ url: JSONValue, step: String) async throws(ProvisionError) {
        guard try await api.setEndpoint(url, step: step).endpoint != url else { return }
        throw .notKept(Self.field, by: "Discord", step: step)
    }

    private func action(_ application: Application) -> ProvisionPlan.Action {
        switch application.endpoint {
        case address: .unchanged
        case .null: .created
        default: .updated
        }
    }

    private func changes(_ application: Application) -> [ProvisionPlan.Change] {
        application.endpoint == address ? [] : [change(from: application.endpoint, to: address)]
    }

    private func change(from before: JSONValue, to after: JSONValue) -> ProvisionPlan.Change {
        .init(Self.field, from: Self.shown(before), to: Self.shown(after) ?? "none")
    }

    private static func shown(_ url: JSONValue) -> String? {
        url.string.map { WebhookAddress($0).shown }
    }
}
