import Engine

/// Differences as `connect` shows them: one field a line.
struct ProvisionDiffText: Sendable {
    let transcript: ConnectTranscript

    private var id: ProviderID { transcript.provider.id }

    // MARK: What was done

    func show(_ reply: ProvisionReply) {
        show(reply.changes, "Changed at \(transcript.provider.name)")
        show(reply.duplicates, hint: "with --merge these are disabled")
    }

    // MARK: What was looked at or undone

    func show(_ outcome: ReviewOutcome) {
        switch outcome.found {
        case .plan(let reply): show(reply, merging: outcome.mergesDuplicates)
        case .undo(let reply): show(reply)
        }
    }

    private func show(_ plan: PlanReply, merging: Bool) {
        show(plan.changes, "\(transcript.provider.name) would be changed")
        if !merging { show(plan.duplicates, hint: "with --merge these would be disabled") }
        guard plan.isPending else { return transcript.end("is as it should be") }
        let command = "hogsend connect \(id) --provision-only" + (merging ? " --merge" : "")
        remark("nothing was written; `\(command)` makes the changes")
        transcript.end("has \(count(plan.changes.count)) pending")
    }

    private func show(_ undo: UndoReply) {
        let title = undo.isPlan ? "would be put back" : "was put back"
        show(undo.changes, "\(transcript.provider.name) \(title) as before \(undo.changedAt)")
        for kept in undo.kept {
            remark("note: '\(kept.field)' \(kept.reason), so it stays as it is")
        }
        if undo.isPlan {
            remark("nothing was written; `hogsend connect \(id) --undo` puts this back")
            return transcript.end("has \(count(undo.changes.count)) to put back")
        }
        remark("`hogsend connect \(id) --provision-only` provisions again")
        transcript.end("\(count(undo.changes.count)) undone")
    }

    // MARK: Parts

    private func show(_ changes: [ProvisionPlan.Change], _ title: String) {
        if changes.isEmpty { return }
        transcript.showBlock(
            title,
            changes.flatMap { change in
                [change.field] + (change.before.map { ["  - \($0)"] } ?? [])
                    + ["  + \(change.after)"]
            })
    }

    private func show(_ duplicates: [ProvisionPlan.Duplicate], hint: String) {
        let enabled = duplicates.filter(\.isEnabled)
        if enabled.isEmpty { return }
        transcript.showTable(
            "Posting to the same path as well", enabled.map { ($0.id, $0.address) })
        remark(hint)
    }

    private func remark(_ text: String) { transcript.console.line(transcript.text(text)) }

    private func count(_ number: Int) -> String { number == 1 ? "1 change" : "\(number) changes" }
}
