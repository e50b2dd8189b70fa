import Engine

/// What `disconnect` shows, in the manner of `connect`.
struct DisconnectTranscript: Sendable {
    let console: Console
    let provider: any Provider

    private var isFramed: Bool { console.style == .framed }

    func show(_ outcome: DisconnectOutcome) {
        guard !console.isJSON else { return }
        if outcome.reply.isNothing { return end("is not connected; there is nothing to do") }
        let instance = outcome.instance.withoutTrailingSlash
        let title =
            outcome.reply.isPlan
            ? "About to disconnect \(instance) from \(provider.name)"
            : "\(provider.name) and \(instance)"
        console.line(isFramed ? "┌  hogsend  disconnect\n\n│  \(title)" : title)
        for step in outcome.reply.steps { show(step) }
        for note in outcome.reply.notes { console.line(text("note: \(note)")) }
        if isFramed { console.line() }
        if outcome.reply.isPlan { return }
        close(outcome)
    }

    private func show(_ step: DisconnectReply.Step) {
        let name = step.name.rawValue
        let padding = String(repeating: " ", count: max(1, 14 - name.count))
        console.line(text("  \(name)\(padding)\(Self.mark(step.outcome))\(step.text)"))
    }

    private static func mark(_ outcome: DisconnectReply.Step.Outcome) -> String {
        switch outcome {
        case .failed: "not done: "
        case .pending: "open: "
        case .planned, .done, .skipped: ""
        }
    }

    private func close(_ outcome: DisconnectOutcome) {
        if let error = outcome.error {
            console.refusal(error)
            return end("not disconnected yet")
        }
        for step in outcome.reply.steps where step.outcome == .failed {
            console.warning("\(step.name.rawValue): \(step.text)")
        }
        end("disconnected")
    }

    private func text(_ line: String) -> String { isFramed ? "│  \(line)" : line }

    private func end(_ text: String) {
        console.line((isFramed ? "└  " : "") + "disconnect: \(provider.id) \(text)")
    }
}
