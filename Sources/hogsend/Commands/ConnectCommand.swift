import Engine

/// `hogsend connect <provider>`.
struct ConnectCommand: Command {
    var usage: String { "connect \(provider?.id.rawValue ?? "<provider>")" }
    let summary = "log in to a provider, store the credential, provision"
    let arity = 1...1
    /// The provider whose flags are known before the line is read.
    let provider: (any Provider)?

    var flags: [Flag] {
        [ConnectFlags.host(of: provider)] + ConnectFlags.client(of: provider) + Self.provisioning
            + ConnectFlags.rotation(of: provider) + [
                Flag(
                    "--project", value: "ID",
                    "the project to provision, when the grant covers several")
            ] + ConnectFlags.login(of: provider)
    }

    private static let provisioning = [
        Flag("--provision-only", "skip the login; provision with the stored credential"),
        Flag("--no-provision", "stop once the credential is stored"),
        Flag("--no-verify", "provision without sending a test event round"),
        Flag("--plan", "show what provisioning would change, and change nothing"),
        Flag("--merge", "disable further destinations that post to the same path"),
        Flag("--undo", "put back what the latest provisioning changed"),
    ]

    var sections: [HelpSection] { provider.map { ConnectFlags.sections(of: $0) } ?? [] }

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let provider = try context.provider(arguments.positionals[0])
        var options = try options(arguments)
        if let path = arguments["--key-file"] {
            try KeyFile.check(arguments, for: provider)
            options.keyText = try await KeyFile(path: path, console: context.console).read()
        }
        let transcript = ConnectTranscript(
            console: context.console, provider: provider,
            provesLoop: !options.skipsProof && provider.webhook != nil)
        transcript.open()
        let flow = ConnectFlow(
            provider: provider, options: options,
            instance: try await InstanceAccess(arguments: arguments, context: context).client(),
            client: context.client, browser: BrowserLauncher(environment: context.variables),
            prompt: context.console.canPrompt
                ? ConnectQuestions(console: context.console).prompt : nil,
            report: { transcript.show($0) })
        if let kind = Self.review(arguments) {
            let outcome = try await flow.review(kind)
            transcript.close(outcome)
            context.console.document(outcome.json)
            return outcome.verdict == .planPending ? ExitStatus.somethingToDo : ExitStatus.done
        }
        let pastes = flow.prompt != nil && !provider.authentication.keyFields.isEmpty
        defer { if pastes { HiddenInput.discardRest() } }
        let outcome = try await flow.run()
        transcript.close(outcome)
        context.console.document(outcome.json)
        return ExitStatus.done
    }

    /// Nil for a run that connects or provisions.
    private static func review(_ arguments: Arguments) -> ReviewOutcome.Kind? {
        switch (arguments.has("--plan"), arguments.has("--undo")) {
        case (false, false): nil
        case (true, false): .plan
        case (false, true): .undo
        case (true, true): .planOfUndo
        }
    }

    private func options(_ arguments: Arguments) throws -> ConnectOptions {
        var options = ConnectOptions()
        let hostFlag = ConnectFlags.host(of: provider).name
        options.rotatesSecret = arguments.has("--rotate-secret")
        options.provisionOnly = arguments.has("--provision-only") || options.rotatesSecret
        options.skipsProvisioning = arguments.has("--no-provision")
        options.skipsProof = arguments.has("--no-verify")
        options.opensBrowser = !arguments.has("--no-browser")
        options.project = arguments["--project"]
        try excludeLogin(arguments)
        if options.provisionOnly, options.skipsProvisioning {
            throw UsageError("'--provision-only' and '--no-provision' exclude each other")
        }
        for flag in [hostFlag, "--client-id"] where options.provisionOnly && arguments.has(flag) {
            throw UsageError("'--provision-only' uses the stored grant; leave '\(flag)' out")
        }
        options.mergesDuplicates = arguments.has("--merge")
        if let text = arguments[hostFlag] { options.host = try Self.host(text, flag: hostFlag) }
        options.clientID = try arguments["--client-id"].map(ConnectFlags.clientID)
        if let text = arguments["--timeout"] { options.timeout = try Self.duration(text) }
        if let text = arguments["--grace"] { options.grace = try Self.grace(text) }
        return options
    }

    /// Looking and undoing use what is stored; a flag that says otherwise is a mistake.
    private func excludeLogin(_ arguments: Arguments) throws(UsageError) {
        let login = [
            "--no-provision", ConnectFlags.host(of: provider).name, "--client-id", "--no-browser",
            "--timeout", "--key-file",
        ]
        let excluded = [
            "--provision-only": ["--key-file"], "--plan": login, "--merge": ["--no-provision"],
            "--rotate-secret": login + ["--plan", "--undo"],
            "--undo": login + ["--provision-only", "--merge", "--project"],
        ]
        for (flag, others) in excluded.sorted(by: { $0.key < $1.key }) where arguments.has(flag) {
            guard let other = others.first(where: arguments.has) else { continue }
            throw UsageError("'\(flag)' and '\(other)' exclude each other")
        }
        guard arguments.has("--rotate-secret") || !arguments.has("--grace") else {
            throw UsageError("'--grace' goes with '--rotate-secret' alone")
        }
    }

    private static func grace(_ text: String) throws(UsageError) -> Duration {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (0...86_400).contains(count), count * unit <= 86_400
        else { throw UsageError("'--grace' is not a duration from 0s to 24h") }
        return .seconds(count * unit)
    }

    static func host(_ text: String, flag: String) throws(UsageError) -> URL {
        guard let url = URL(address: text.contains("://") ? text : "https://\(text)") else {
            throw UsageError("'\(flag)' is not an http or https address")
        }
        guard !url.isInsecure else {
            throw UsageError(
                "'\(flag)' is plain http; use https for a host that is not this machine")
        }
        return url
    }

    private static func duration(_ text: String) throws(UsageError) -> Duration {
        let units: [Character: Int] = ["s": 1, "m": 60]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (1...3600).contains(count), count * unit <= 3600
        else { throw UsageError("'--timeout' is not a duration from 1s to 60m") }
        return .seconds(count * unit)
    }
}
