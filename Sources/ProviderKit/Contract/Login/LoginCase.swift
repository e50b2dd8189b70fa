import Engine

/// One way in which a server misbehaves during a login, and how that has to end.
struct LoginCase: Sendable {
    /// How the login ends.
    enum Ending: Sendable {
        case connected
        case refused(String)
        /// A web page in place of metadata, which some providers know what to think of.
        case page

        func verdict(_ provider: any Provider) -> String {
            switch self {
            case .connected: "connected"
            case .refused(let code): code
            case .page:
                provider.discovery.pageMeansUnsupported ? "oauth_unsupported" : "discovery_failed"
            }
        }
    }

    /// How far it gets before it ends.
    enum Stage: Int, Sendable {
        case metadata, consent, exchange
    }

    let id: String
    let claim: String
    let lines: [String]
    let ending: Ending
    let stage: Stage
    /// How often the token endpoint is asked, where it is asked at all.
    let exchanges: Int
    let isSlow: Bool
    let edit: @Sendable (inout AuthorizationScript, _ origin: String) -> Void

    init(
        _ id: String, _ claim: String, _ lines: [String] = [], _ ending: Ending,
        until stage: Stage, exchanges: Int = 1, isSlow: Bool = false,
        edit: @escaping @Sendable (inout AuthorizationScript, _ origin: String) -> Void
    ) {
        self.id = id
        self.claim = claim
        self.lines = lines
        self.ending = ending
        self.stage = stage
        self.exchanges = exchanges
        self.isSlow = isSlow
        self.edit = edit
    }

    var check: ContractCheck {
        ContractCheck(id, claim, lines: lines) { subject in
            try await LoginBench.open(subject) { bench in
                edit(&bench.server.script, bench.origin)
                let client: any HTTPClient = isSlow ? HurriedClient() : CurlClient()
                let isAwaited = ending.verdict(subject.declared) == "state_mismatch"
                let result = await bench.connect(
                    client: client, timeout: isAwaited ? .milliseconds(500) : .seconds(10))
                try await examine(result, bench)
            }
        }.only(kinds)
    }

    /// A device grant reads the same metadata, but for what is about the authorization endpoint.
    private var kinds: [ContractSubject.Kind] {
        let isShared =
            stage == .metadata && !lines.contains { $0.hasPrefix("7636") }
            && !lines.contains("8414-5") && !id.contains("pkce") && !id.contains("authorize")
        return isShared ? [.code, .device] : [.code]
    }

    private func examine(
        _ result: Result<ConnectOutcome, ConnectError>, _ bench: LoginBench
    ) async throws {
        let wanted = ending.verdict(bench.provider)
        let reason = result.refusal?.description ?? ""
        try demand(
            result.verdict == wanted,
            "it ended with '\(result.verdict)' (\(reason)), not '\(wanted)'")
        try demand(
            wanted == "connected" || wanted == "oauth_unsupported" || result.refusal?.hint != nil,
            "the refusal has no hint")
        try demand(
            bench.authorizations.count == (stage == .metadata ? 0 : 1),
            "the browser was sent out \(bench.authorizations.count) times")
        let expected = stage == .exchange ? exchanges : 0
        try demand(
            bench.exchanges.count == expected,
            "the token endpoint was asked \(bench.exchanges.count) times, not \(expected)")
        try demand(
            bench.server.requests.allSatisfy { !$0.path.contains("elsewhere") },
            "a redirect was followed")
        let isStored = await bench.desk.grant() != nil
        try demand(
            isStored == (wanted == "connected"), isStored ? "it is stored" : "nothing is stored")
    }
}
