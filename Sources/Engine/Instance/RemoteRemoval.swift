/// The step at the service: whatever delivers to this instance is taken away.
struct RemoteRemoval: Sendable {
    typealias Step = DisconnectReply.Step

    let provider: any Provider
    let access: ProvisionAccess
    let secrets: WebhookSecrets
    let client: any HTTPClient

    /// A failure is told as the step's, in words for the operator.
    func step(_ found: Leftovers, rehearsing: Bool) async -> (Step, notes: [String]) {
        do {
            let report = try await remove(found, rehearsing: rehearsing)
            let outcome: Step.Outcome = rehearsing ? .planned : .done
            return (
                Step(.destination, outcome, text(report, rehearsing), removed: report.removed),
                report.notes
            )
        } catch let error as ProvisionError {
            return (Step(.destination, .failed, error.description), [])
        } catch let error as APIError {
            let reason = error.body["detail"]?.string ?? "no usable credential is stored"
            return (Step(.destination, .failed, reason), [])
        } catch {
            return (Step(.destination, .failed, "the database cannot be reached"), [])
        }
    }

    private func remove(_ found: Leftovers, rehearsing: Bool) async throws -> RemovalReport {
        let credential = try await access.credential(for: provider)
        guard let address = access.webhookURL(of: provider.id) else { return RemovalReport() }
        // One from the environment, and one that was pasted, may be another instance's too, and so is
        // no sign of ours.
        var secret: Secret?
        if access.configuration.providers[provider.id]?.webhookSecret == nil,
            case .found(let keys) = try await secrets.lookUp(provider.id), !keys.isPasted
        {
            secret = keys.current
        }
        let context = ProvisionContext(
            api: credential.client(over: client), host: credential.host, grant: credential.grant,
            project: credential.project,
            webhookURL: address, webhookSecret: secret)
        let removal = Removal(
            values: found.values(at: credential.host), derived: found.members,
            isRehearsal: rehearsing)
        return try await credential.telling { try await provider.remove(removal, context) }
    }

    private func text(_ report: RemovalReport, _ rehearsing: Bool) -> String {
        if report.removed.isEmpty {
            return "nothing at \(provider.name) delivers to this instance"
        }
        return report.removed.map {
            "\($0.object) \(rehearsing ? "is to be" : "is") \($0.action.rawValue)"
        }.joined(separator: ", ")
    }
}
