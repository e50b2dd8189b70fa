/// A look at what provisioning would change, or its undoing; the instance does the work.
struct ProvisionReview: Sendable {
    let flow: ConnectFlow

    func run(_ kind: ReviewOutcome.Kind) async throws -> ReviewOutcome {
        ReviewOutcome(
            providerID: flow.provider.id, instance: flow.instance.url,
            mergesDuplicates: flow.options.mergesDuplicates, found: try await found(kind))
    }

    private func found(_ kind: ReviewOutcome.Kind) async throws -> ReviewOutcome.Found {
        let provisioning = Provisioning(flow: flow)
        var request = ProvisionRequest(project: flow.options.project)
        request.isPlan = kind != .undo
        switch kind {
        case .plan:
            request.mergesDuplicates = flow.options.mergesDuplicates
            return .plan(try await provisioning.answer(to: request, as: PlanReply.init))
        case .undo, .planOfUndo:
            request.undoes = true
            let reply = try await provisioning.answer(to: request) { json in
                UndoReply(json).flatMap { $0.isPlan == request.isPlan ? $0 : nil }
            }
            return .undo(reply)
        }
    }
}

/// What a look or an undoing came to.
package struct ReviewOutcome: Sendable {
    package enum Kind: Sendable {
        /// What provisioning would change.
        case plan
        /// What undoing would put back.
        case planOfUndo
        case undo
    }

    package enum Found: Sendable {
        case plan(PlanReply)
        case undo(UndoReply)
    }

    package let providerID: ProviderID
    package let instance: URL
    /// Whether duplicates are among what would be changed.
    package let mergesDuplicates: Bool
    package let found: Found

    package var verdict: Verdict {
        switch found {
        case .plan(let reply): reply.isPending ? .planPending : .planClean
        case .undo(let reply) where reply.isPlan:
            reply.changes.isEmpty ? .planClean : .planPending
        case .undo: .undone
        }
    }

    /// The one document of `--json`.
    package var json: JSONValue {
        var members: [String: JSONValue] =
            switch found {
            case .plan(let reply): reply.json.object ?? [:]
            case .undo(let reply): reply.json.object ?? [:]
            }
        members["ok"] = true
        members["verdict"] = .string(verdict.rawValue)
        members["providerId"] = .string(providerID.rawValue)
        members["instance"] = .string(instance.withoutTrailingSlash)
        return .object(members)
    }
}
