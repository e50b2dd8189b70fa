import Engine

/// Writes to the destinations of a project; what a write replaces is kept before it is sent.
struct DestinationWriting {
    let list: DestinationList
    let desired: DesiredDestination
    let keep: ProvisionContext.Keeping

    struct Written {
        let isCreated: Bool
        let destination: Destination
        var changes: [ProvisionPlan.Change]

        var action: ProvisionPlan.Action {
            isCreated ? .created : changes.isEmpty ? .unchanged : .updated
        }
    }

    /// Ours, made or mended.
    func write(_ id: String?) async throws(ProvisionError) -> Written {
        guard let id else { return try await create() }
        var changes: [ProvisionPlan.Change] = []
        let written = try await list.change(id) { current async throws(ProvisionError) in
            changes = desired.changes(in: current)
            if changes.isEmpty { return nil }
            let patch = desired.patch(of: current)
            try await keep(
                DestinationFields.replaced(
                    in: current.json, by: patch, object: list.object(current.id)))
            return patch
        }
        return Written(isCreated: false, destination: try checked(written), changes: changes)
    }

    /// Until the service has given it an id it is known by its address and its secret.
    private func create() async throws(ProvisionError) -> Written {
        try await keep([CreatedDestination.coming(desired, list)])
        let answer = try await list.create(desired.creation)
        try await keep([CreatedDestination.made(answer.id, list)])
        let created = answer.isComplete ? answer : try await list.read(answer.id)
        return Written(
            isCreated: true, destination: try checked(created), changes: desired.changesOfCreation)
    }

    /// Those that were enabled; one that is gone meanwhile is left out.
    func disable(
        _ duplicates: [ProvisionPlan.Duplicate]
    ) async throws(ProvisionError) -> [ProvisionPlan.Duplicate] {
        var disabled: [ProvisionPlan.Duplicate] = []
        for duplicate in duplicates where duplicate.isEnabled {
            do throws(ProvisionError) {
                if try await disable(duplicate.id) { disabled.append(duplicate) }
            } catch .unexpectedAnswer(_, status: 404, _) {
                continue
            }
        }
        return disabled
    }

    private func disable(_ id: String) async throws(ProvisionError) -> Bool {
        var wasEnabled = false
        let written = try await list.change(id) { current async throws(ProvisionError) in
            wasEnabled = false
            guard current.isEnabled, current.delivers(to: DestinationList.receiver) else {
                return nil
            }
            wasEnabled = true
            let field = ProvisionPlan.Duplicate.field(id)
            try await keep([
                PriorValue(object: list.object(id), field: field, before: true, after: false)
            ])
            return ["enabled": false]
        }
        guard wasEnabled else { return false }
        guard !written.isEnabled else { throw Self.notKept("enabled") }
        return true
    }

    /// PostHog drops what it does not know without a word, and keeps edits of some callers as a
    /// draft.
    private func checked(_ written: Destination) throws(ProvisionError) -> Destination {
        guard let field = desired.missing(in: written).first?.field else { return written }
        throw Self.notKept(field)
    }

    private static func notKept(_ field: String) -> ProvisionError {
        .notKept(field, by: "PostHog", step: "writing the destination")
    }
}
