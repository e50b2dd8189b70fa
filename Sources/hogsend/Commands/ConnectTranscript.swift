import Engine

/// What `connect` shows while it runs, in the manner of the published transcript.
struct ConnectTranscript: Sendable {
    let console: Console
    let provider: any Provider
    /// Whether another step comes after provisioning.
    var provesLoop = false

    private var isFramed: Bool { console.style == .framed }

    func open() {
        guard !console.isJSON else { return }
        console.line(isFramed ? "┌  hogsend  connect" : "hogsend connect")
    }

    func close(_ outcome: ConnectOutcome) {
        guard !console.isJSON else { return }
        if case .failed(let error, let hint) = outcome.provision {
            console.warning("the credential is stored, but provisioning failed: \(error)")
            if let hint { console.line(text("hint: \(hint)")) }
        }
        if case .skipped(let reason) = outcome.provision {
            console.line(text("provisioning was skipped (\(reason))"))
        }
        let end =
            switch outcome.provision {
            case .done: "connected"
            case .failed: "connected, not provisioned"
            case .skipped: "connected, provisioning skipped"
            }
        self.end(end)
    }

    func show(_ event: ConnectEvent) {
        switch event {
        case .began(let step): console.pending(isFramed ? "◇  \(step)" : "")
        case .finished(let step): console.replacePending(isFramed ? "◇  \(step) ✓" : "\(step) ok")
        case .failed(let step): console.replacePending(isFramed ? "◇  \(step) ✗" : "\(step) failed")
        case .note(let note): console.line(text("note: \(note)"))
        case .warning(let warning): console.warning(warning)
        case .authorizing(let request): showRequest(request)
        case .openByHand(let url, let reason): showAddress(url, reason)
        case .enterCode(let code, let url): showCode(code, url)
        case .tunnel(let command):
            console.line(text("from the machine with the browser: \(command)"))
        case .provisioned(let reply): showReply(reply)
        case .tried(let reply): showLoop(reply)
        }
    }

    func close(_ outcome: ReviewOutcome) {
        guard !console.isJSON else { return }
        ProvisionDiffText(transcript: self).show(outcome)
    }

    /// The last line.
    func end(_ text: String) {
        console.line((isFramed ? "\n└  " : "") + "connect: \(provider.id) \(text)")
    }

    func text(_ line: String) -> String { isFramed ? "│  \(line)" : line }

    private func showRequest(_ request: ConnectEvent.Authorizing) {
        guard !console.isJSON else { return }
        showTable(
            "About to authorize Hogsend against \(request.provider)",
            [
                ("instance", request.instance), (request.providerID.rawValue, request.host),
                ("scopes", request.scopes),
            ] + (request.callback.map { [("callback", $0)] } ?? []))
        if isFramed { console.line() }
    }

    /// Whole and on a line of its own, so that it can be copied.
    private func showAddress(_ url: URL, _ reason: String?) {
        if let reason { console.line(text("\(reason), so open this address yourself:")) }
        console.line(url.absoluteString)
    }

    /// Both on lines of their own, so that they can be copied.
    private func showCode(_ code: String, _ url: URL) {
        console.line(text("open this address on any device:"))
        console.line(url.absoluteString)
        console.line(text("and enter this code there:"))
        console.line(code)
        console.line(
            text(
                "enter no code but this one, which you have just asked for: with one that somebody sent you, that person gets your account"
            ))
    }

    private func showReply(_ reply: ProvisionReply) {
        guard !console.isJSON else { return }
        var rows = [("webhookUrl", reply.webhookURL ?? "")]
        for (name, value) in reply.details.sorted(by: { $0.key < $1.key }) {
            if let text = value.string { rows.append((name, text.sanitized())) }
        }
        rows.append((reply.action, "yes"))
        showTable("\(provider.name) -> Hogsend loop provisioned", rows)
        ProvisionDiffText(transcript: self).show(reply)
        if isFramed, provesLoop { console.line() }
    }

    private func showLoop(_ reply: LoopReply) {
        switch reply {
        case .proven(let milliseconds, let note):
            if !console.isJSON {
                console.line(text("a test event came back after \(milliseconds) ms"))
            }
            if let note { console.warning(note) }
        case .lost(let loss):
            console.warning("the loop is set up, but a test event got lost: \(loss.error)")
            if let hint = loss.hint, !console.isJSON { console.line(text("hint: \(hint)")) }
        case .skipped:
            if !console.isJSON { console.line(text("note: no test event could be sent round")) }
        }
    }

    func showTable(_ title: String, _ rows: [(String, String)]) {
        let width = (rows.map(\.0.count).max() ?? 0) + 3
        showBlock(
            title,
            rows.map { $0 + String(repeating: " ", count: width - $0.count) + $1 })
    }

    func showBlock(_ title: String, _ lines: [String]) {
        if isFramed { console.line("\n│  \(title)") } else { console.line(title) }
        for line in lines { console.line(text("  \(line)")) }
    }
}
