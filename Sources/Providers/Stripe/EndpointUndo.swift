import Engine

/// Puts back what was replaced in endpoints, where nobody has changed it since.
struct EndpointUndo {
    let api: StripeAPI
    let rehearsing: Bool

    func run(_ values: [PriorValue]) async throws(ProvisionError) -> UndoReport {
        let endpoints = try await api.endpoints()
        var changes: [ProvisionPlan.Change] = []
        var kept: [UndoReport.Kept] = []
        for value in values {
            let isCreation = value.field == EndpointWriting.createdField
            let endpoint = endpoints.last {
                isCreation ? $0.request == value.object : $0.id == value.object
            }
            guard let endpoint else {
                // One that was about to be made may never have been.
                let isGone = !isCreation
                kept += isGone ? [.init(value.field, because: "is gone with its endpoint")] : []
                continue
            }
            switch try await undo(value, of: endpoint) {
            case .back: break
            case .kept(let reason): kept.append(.init(value.field, because: reason))
            case .changed(let change): changes.append(change)
            }
        }
        return UndoReport(changes: changes, kept: kept)
    }

    private enum Outcome {
        case back
        case kept(String)
        case changed(ProvisionPlan.Change)
    }

    private func undo(
        _ value: PriorValue, of endpoint: WebhookEndpoint
    ) async throws(ProvisionError) -> Outcome {
        let name = value.field == "enabled_events" ? value.field : "enabled"
        let now = endpoint.values[name]
        if now == value.before { return .back }
        guard now == value.after else { return .kept("was changed since") }
        if !rehearsing {
            let written = try await api.change(endpoint.id, Self.form(name, value.before))
            guard written.values[name] == value.before else {
                return .kept("was not taken back by Stripe")
            }
        }
        return .changed(
            .init(
                value.field == EndpointWriting.createdField ? name : value.field,
                from: Self.shown(value.after), to: Self.shown(value.before)))
    }

    private static func form(_ name: String, _ value: JSONValue) -> [(String, String)] {
        name == "enabled"
            ? [("disabled", value == true ? "false" : "true")]
            : EndpointWriting.list((value.array ?? []).compactMap(\.string))
    }

    private static func shown(_ value: JSONValue) -> String {
        value.array.map { $0.compactMap(\.string).joined(separator: ", ") }
            ?? (value == true ? "true" : "false")
    }
}
