/// `hogsend connect <provider>`, from the first question to the instance to the last.
///
/// It reports through events, returns an outcome, and prints nothing.
package struct ConnectFlow: Sendable {
    package let provider: any Provider
    package let options: ConnectOptions
    package let instance: InstanceClient
    package let client: any HTTPClient
    package let browser: BrowserLauncher
    /// Nil where nobody can be asked.
    package let prompt: ConnectPrompt?
    package let report: @Sendable (ConnectEvent) -> Void

    package init(
        provider: any Provider, options: ConnectOptions, instance: InstanceClient,
        client: any HTTPClient, browser: BrowserLauncher, prompt: ConnectPrompt?,
        report: @escaping @Sendable (ConnectEvent) -> Void
    ) {
        self.provider = provider
        self.options = options
        self.instance = instance
        self.client = client
        self.browser = browser
        self.prompt = prompt
        self.report = report
    }

    /// Runs to the end; throws a ``ConnectError`` and nothing else.
    package func run() async throws(ConnectError) -> ConnectOutcome {
        do {
            let info = try await connectInfo()
            if options.provisionOnly { return try await provisionOnly(info) }
            let granted = try await login(at: try await host(info), info)
            return try await finish(granted, info)
        } catch {
            throw ConnectError(error, provider)
        }
    }

    /// Looks or undoes, with what is stored; throws a ``ConnectError`` and nothing else.
    package func review(_ kind: ReviewOutcome.Kind) async throws(ConnectError) -> ReviewOutcome {
        do {
            _ = try await connectInfo()
            return try await ProvisionReview(flow: self).run(kind)
        } catch is CancellationError {
            throw ConnectError(
                .interrupted,
                kind == .undo
                    ? "interrupted; what was put back by then stays so"
                    : "interrupted; nothing was written",
                hint: "run the command again")
        } catch {
            throw ConnectError(error, provider)
        }
    }

    /// The one place where it matters how a user proves who he is.
    private func login(at host: URL, _ info: ConnectInfo) async throws -> Granted {
        switch provider.authentication.method {
        case .keys(let fields, let use, let page):
            warn(info, host)
            return try await KeyLogin(
                flow: self, host: host, fields: fields, use: use, page: page
            ).run()
        case .authorizationCode(let declared), .deviceCode(let declared):
            let clientID = options.clientID ?? declared
            let server = try await discover(host)
            warn(info, host)
            warn(clientID, host, server)
            guard provider.authentication.flow == .code else {
                return try await DeviceLogin(
                    flow: self, host: host, server: server, clientID: clientID
                ).run()
            }
            return try await Login(flow: self, host: host, server: server, clientID: clientID).run()
        }
    }

    // MARK: Before the browser

    private func connectInfo() async throws -> ConnectInfo {
        let path = provider.clientRoutes.connectInfo
        return try await step("GET \(instance.address(path))") {
            let info = try await instance.connectInfo(provider)
            if let id = info.providerID, id != provider.id.rawValue { throw other(id) }
            return info
        }
    }

    private func other(_ id: String) -> ConnectError {
        ConnectError(
            .notConfigured,
            "the instance is set up for '\(id.sanitized(limit: 60))' and not for \(provider.name)",
            hint: "set \(provider.name) up on the instance, or check --url")
    }

    private func discover(_ host: URL) async throws -> AuthorizationServerMetadata {
        try await step("OAuth discovery at \(host.withoutTrailingSlash)") {
            try await provider.discovery(over: client).discover(host)
        }
    }

    /// The flag, the instance's environment, the user, the stored grant's region: in this order.
    private func host(_ info: ConnectInfo) async throws -> URL {
        let stored = info.grantHost.flatMap { URL(address: $0) }.map(provider.loginHost)
        if let given = options.host ?? info.privateHost.flatMap({ URL(address: $0) }) {
            return resolve(given)
        }
        if provider.hosts.count == 1, let only = URL(address: provider.hosts[0].address),
            stored == nil || stored?.origin == only.origin
        {
            return resolve(only)
        }
        if let prompt {
            guard let chosen = await prompt.host(provider, stored) else {
                throw CancellationError()
            }
            return resolve(chosen)
        }
        if let stored { return resolve(stored) }
        throw ConnectError(
            .notConfigured, "nothing says which \(provider.name) is meant",
            hint: "pass --\(provider.id)-host "
                + (provider.hosts.first.map { "\($0.address)" } ?? "URL")
                + ", or run this on a terminal and choose")
    }

    private func resolve(_ host: URL) -> URL {
        let resolved = provider.resolve(provider.loginHost(of: host))
        if let note = resolved.note { report(.note(note)) }
        return resolved.url
    }

    private func warn(_ info: ConnectInfo, _ host: URL) {
        if info.isPublicURLLoopback, !options.skipsProvisioning {
            report(
                .note(
                    "the instance's API_PUBLIC_URL is a loopback address: the credential will be stored, and provisioning is skipped"
                ))
        }
        if let configured = info.privateHost.flatMap({ URL(address: $0) }),
            provider.resolve(configured).url.origin != host.origin
        {
            report(
                .note(
                    "the instance's environment names \(configured.withoutTrailingSlash); calls made with this \(provider.authentication.keyUse == nil ? "grant" : "key") go to \(host.withoutTrailingSlash)"
                ))
        }
    }

    private func warn(_ clientID: String, _ host: URL, _ server: AuthorizationServerMetadata) {
        if clientID.hasPrefix("https://"), !server.readsClientMetadata {
            report(
                .note(
                    "\(host.withoutTrailingSlash) does not say that it reads client metadata documents"
                ))
        }
    }

    // MARK: After it

    private func finish(_ granted: Granted, _ info: ConnectInfo) async throws
        -> ConnectOutcome
    {
        let gap = granted.outcome.scopes.map { provider.scopeGap(of: $0) } ?? []
        var notes = provider.notes(on: granted.summary)
        let missing = provider.features(lacking: gap).map(\.name)
        if !gap.isEmpty {
            notes.append(
                "the grant lacks \(gap.joined)\(provider.consequence(ofMissing: missing));"
                    + " connect again and leave every permission ticked to change this")
        }
        notes += try await overruling(info)
        for note in notes { report(.note(note)) }
        let provision = try await Provisioning(flow: self).afterLogin(info)
        return ConnectOutcome(
            providerID: provider.id, instance: instance.url, granted: granted.outcome,
            provision: provision, loop: try await loop(after: provision, isCredentialStored: true),
            scopeGap: gap.map(\.rawValue), missingFeatures: missing, notes: notes)
    }

    /// What was just stored may differ from what the environment gives: only the instance knows.
    private func overruling(_ earlier: ConnectInfo) async throws -> [String] {
        guard provider.authentication.deliveryField != nil, earlier.webhookSecretConfigured else {
            return []
        }
        let info = try? await instance.connectInfo(provider)
        if Task.isCancelled { throw ConnectError.interrupted(isCredentialStored: true) }
        return info?.overruling(of: provider).map { [$0.sentence] } ?? []
    }

    private func provisionOnly(_ info: ConnectInfo) async throws -> ConnectOutcome {
        let missing = info.missingFeatures(of: provider)
        let off = provider.consequence(ofMissing: missing)
        var notes =
            info.scopeGap.isEmpty
            ? []
            : [
                "the stored grant lacks \(info.scopeGap.joined(separator: " "))\(off); run `hogsend connect \(provider.id)` to authorize again"
            ]
        notes += info.overruling(of: provider).map { [$0.sentence] } ?? []
        for note in notes { report(.note(note)) }
        let reply: ProvisionReply
        do {
            reply = try await Provisioning(flow: self).required()
        } catch is CancellationError {
            throw ConnectError.interrupted(isCredentialStored: nil)
        }
        return ConnectOutcome(
            providerID: provider.id, instance: instance.url, granted: nil, provision: .done(reply),
            loop: try await loop(after: .done(reply), isCredentialStored: nil),
            scopeGap: info.scopeGap, missingFeatures: missing, notes: notes)
    }

    private func loop(
        after provision: ConnectOutcome.Provision, isCredentialStored: Bool?
    ) async throws -> LoopReply {
        do {
            return try await LoopTrial(flow: self).run(after: provision)
        } catch is CancellationError {
            throw ConnectError.interrupted(isCredentialStored: isCredentialStored)
        }
    }

    // MARK: Reporting

    func step<Value: Sendable>(
        _ name: String, _ body: () async throws -> Value
    ) async throws -> Value {
        report(.began(name))
        do {
            let value = try await body()
            report(.finished(name))
            return value
        } catch {
            report(.failed(name))
            throw error
        }
    }
}
