import Engine

/// Puts back what was replaced in destinations, where nobody has changed it since.
struct DestinationUndo {
    let api: PostHogAPI
    let rehearsing: Bool

    func run(_ values: [PriorValue]) async throws(ProvisionError) -> UndoReport {
        var changes: [ProvisionPlan.Change] = []
        var kept: [UndoReport.Kept] = []
        for (object, values) in try await resolved(values) {
            guard let (list, id) = place(object) else { continue }
            do throws(ProvisionError) {
                let report = try await undo(values, of: id, list)
                changes += report.changes
                kept += report.kept
            } catch .unexpectedAnswer(_, status: 404, _) {
                kept += values.map { .init($0.field, because: "is gone with its destination") }
            }
        }
        return UndoReport(changes: changes, kept: kept)
    }

    // MARK: Which destinations

    /// By destination, in the order in which they were changed.
    private func resolved(
        _ values: [PriorValue]
    ) async throws(ProvisionError) -> [(String, [PriorValue])] {
        var groups: [(object: String, values: [PriorValue])] = []
        for value in values {
            guard let value = try await resolved(value, values) else { continue }
            if let place = groups.firstIndex(where: { $0.object == value.object }) {
                groups[place].values.append(value)
            } else {
                groups.append((value.object, [value]))
            }
        }
        return groups
    }

    /// One that was about to be made is looked for, unless its id became known.
    private func resolved(
        _ value: PriorValue, _ all: [PriorValue]
    ) async throws(ProvisionError) -> PriorValue? {
        guard let (list, id) = place(value.object), id.isEmpty else { return value }
        guard !all.contains(where: { $0.field == value.field && $0.object != value.object }),
            let found = try await CreatedDestination.find(value, list)
        else { return nil }
        return CreatedDestination.made(found, list)
    }

    private func place(_ object: String) -> (DestinationList, String)? {
        let parts = object.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let project = PostHogProject.number(String(parts[0])) else {
            return nil
        }
        return (DestinationList(api: api, project: project), String(parts[1]))
    }

    // MARK: One destination

    private func undo(
        _ values: [PriorValue], of id: String, _ list: DestinationList
    ) async throws(ProvisionError) -> UndoReport {
        var comparison = UndoComparison(values, [:])
        let written = try await list.change(id) { current async throws(ProvisionError) in
            comparison = UndoComparison(values, DestinationFields(current.json).values)
            let fields = comparison.fields
            if rehearsing || fields.isEmpty { return nil }
            return DestinationFields.patch(of: current, setting: fields)
        }
        return rehearsing ? comparison.report : comparison.report(over: written)
    }
}
