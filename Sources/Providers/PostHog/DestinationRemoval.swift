import Engine

/// Takes away the destinations that post to this instance: one that we made is deleted, which
/// PostHog can undo, and one that somebody else made is disabled.
///
/// Ours is what posts to our address or carries a secret that nobody else has; destinations of other
/// instances in the same project stay.
struct DestinationRemoval {
    /// The name in what is kept of provisioning: the latest destination that was made, as
    /// ``DestinationList/object(_:)`` spells it.
    static let madeMember = "createdDestination"

    let api: PostHogAPI
    let context: ProvisionContext
    let removal: Removal

    func run() async throws(ProvisionError) -> RemovalReport {
        var removed: [RemovalReport.Removed] = []
        var notes: [String] = []
        for project in try await projects() {
            let list = DestinationList(api: api, project: project)
            do throws(ProvisionError) {
                removed += try await remove(from: list)
            } catch {
                guard try await isGone(project, error) else { throw error }
                notes.append("project \(project) is out of reach, so what may be there stays")
            }
        }
        return RemovalReport(removed: removed, notes: notes)
    }

    // MARK: Where to look

    /// Where something was set up, and every project of the grant, since the latest set-up alone
    /// is known; with neither the only one there is.
    private func projects() async throws(ProvisionError) -> [Int64] {
        let grant = context.grant.map { GrantReach($0) }
        let texts =
            [context.project, removal.derived["projectId"]?.reveal()].compactMap { $0 }
            + removal.values.map { String($0.object.prefix { $0 != "/" }) }
        let known = texts.compactMap { PostHogProject.number($0) } + (grant?.projects ?? [])
        if !known.isEmpty {
            var seen: Set<Int64> = []
            return known.filter { seen.insert($0).inserted }
        }
        do throws(ProvisionError) {
            return [try await ProjectChoice(api: api, wanted: nil, reach: grant).project().id]
        } catch .projectDiscoveryFailed {
            return []
        }
    }

    /// Whether the project is not, or no longer, this grant's; every other failure is one.
    private func isGone(
        _ project: Int64, _ error: ProvisionError
    ) async throws(ProvisionError) -> Bool {
        switch error {
        case .projectDiscoveryFailed: return true
        case .unsupportedInstance: break
        default: return false
        }
        do throws(ProvisionError) {
            _ = try await ProjectChoice(context, api).read(project)
            return false
        } catch .projectDiscoveryFailed {
            return true
        }
    }

    // MARK: What is ours

    private func isOurs(_ destination: Destination) -> Bool {
        guard destination.delivers(to: DestinationList.receiver) else { return false }
        let address = WebhookAddress(context.webhookURL.absoluteString)
        if destination.url.map({ WebhookAddress($0).place }) == address.place { return true }
        guard let secret = context.webhookSecret?.reveal() else { return false }
        return Self.secret(destination) == .string(secret)
    }

    private static func secret(_ destination: Destination) -> JSONValue {
        DestinationFields(destination.json)["headers.\(WebhookSource.postHogHeader)"]
    }

    /// Noted as made; of one whose answer was lost the address and the secret are known.
    private func isMade(_ destination: Destination, _ list: DestinationList) -> Bool {
        let object = list.object(destination.id)
        if removal.derived[Self.madeMember]?.reveal() == object { return true }
        return removal.values.contains { value in
            guard value.field == CreatedDestination.field else { return false }
            if value.object == object { return true }
            return value.object == list.object("") && value.after["url"]?.string == destination.url
                && value.after["secret"] == Self.secret(destination)
        }
    }

    // MARK: Taking away

    private func remove(
        from list: DestinationList
    ) async throws(ProvisionError) -> [RemovalReport.Removed] {
        var removed: [RemovalReport.Removed] = []
        for destination in try await list.receivers(context.webhookURL.absoluteString)
        where isOurs(destination) {
            let isMade = isMade(destination, list)
            guard isMade || destination.isEnabled else { continue }
            if !removal.isRehearsal {
                guard try await end(destination.id, list, deleting: isMade) else { continue }
            }
            removed.append(
                .init("destination \(destination.id)", isMade ? .deleted : .disabled))
        }
        return removed
    }

    /// False when somebody has taken it away, or given it another address, since it was listed.
    private func end(
        _ id: String, _ list: DestinationList, deleting: Bool
    ) async throws(ProvisionError) -> Bool {
        var isOursStill = false
        do throws(ProvisionError) {
            let written = try await list.change(id) { current async throws(ProvisionError) in
                isOursStill = isOurs(current) && (deleting || current.isEnabled)
                guard isOursStill else { return nil }
                return deleting ? ["deleted": true] : ["enabled": false]
            }
            guard isOursStill else { return false }
            let left = deleting ? try await list.readIfThere(id) : written
            guard left?.isEnabled != true else { throw Self.notTaken }
        } catch .unexpectedAnswer(_, status: 404, _) {
            return isOursStill
        }
        return true
    }

    private static let notTaken = ProvisionError.unexpectedAnswer(
        step: "taking the destination away", status: nil, detail: "PostHog left it enabled")
}
