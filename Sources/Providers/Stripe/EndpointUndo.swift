import Engine

/// Puts back what was replaced in endpoints, where nobody has changed it since.
struct EndpointUndo {
    let api: StripeAPI
    let rehearsing: Bool

    func run(_ values: [PriorValue]) async throws(ProvisionError) -> UndoReport {
        let endpoints = try await api.endpoints()
        let made = Self.made(endpoints, values)
        var changes: [ProvisionPlan.Change] = []
        var kept: [UndoReport.Kept] = []
        for value in values {
            let found = endpoints.filter { Self.isMeant($0, by: value) }
            // One that was about to be made may never have been.
            if found.isEmpty, value.field != EndpointWriting.createdField {
                kept.append(.init(value.field, because: "is gone with its endpoint"))
            }
            for endpoint in found where !(Self.retires(value) && made.contains(endpoint.id)) {
                switch try await undo(value, of: endpoint) {
                case .back: break
                case .kept(let reason): kept.append(.init(value.field, because: reason))
                case .changed(let change): changes.append(change)
                }
            }
        }
        return UndoReport(changes: changes, kept: kept)
    }

    /// One request has made several endpoints where Stripe had forgotten it meanwhile.
    private static func isMeant(_ endpoint: WebhookEndpoint, by value: PriorValue) -> Bool {
        value.field == EndpointWriting.createdField
            ? endpoint.request == value.object : endpoint.id == value.object
    }

    /// Those that were not there before: one that was made and then retired stays off.
    private static func made(_ endpoints: [WebhookEndpoint], _ values: [PriorValue]) -> Set<String>
    {
        let requests = values.filter { $0.field == EndpointWriting.createdField }.map(\.object)
        return Set(endpoints.filter { requests.contains($0.request ?? "") }.map(\.id))
    }

    private static func retires(_ value: PriorValue) -> Bool {
        ProvisionPlan.Duplicate.isField(value.field)
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
