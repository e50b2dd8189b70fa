/// What a login came to: stored, and what may be said of it.
struct Granted: Sendable {
    let outcome: ConnectOutcome.Granted
    let summary: GrantSummary
}

/// The browser's part of `connect`: from the loopback receiver to the stored grant.
struct Login: Sendable {
    let flow: ConnectFlow
    let host: URL
    let server: AuthorizationServerMetadata
    let clientID: String

    private var provider: any Provider { flow.provider }

    /// The receiver is closed on every way out.
    func run() async throws -> Granted {
        let state = Secret(Random.token())
        let strays = StrayReports(report: flow.report)
        let receiver = try LoopbackReceiver(
            ports: provider.redirectPorts, path: provider.callbackPath, state: state,
            isNamedLocalhost: provider.redirectHost == .localhost
        ) { strays.add($0) }
        do {
            let granted = try await authorize(receiver, state)
            receiver.show(
                BrowserPage(
                    title: "\(provider.name) is connected",
                    text: "The credential is stored on the instance. You can close this page."))
            await receiver.close()
            await strays.told()
            return granted
        } catch {
            receiver.show(failurePage(ConnectError(error, provider)))
            await receiver.close()
            await strays.told()
            throw error
        }
    }

    private func failurePage(_ error: ConnectError) -> BrowserPage {
        BrowserPage(
            title: "\(provider.name) is not connected",
            text: "\(error.description). \(error.hint.map { "Next: \($0)." } ?? "")")
    }

    private func authorize(_ receiver: LoopbackReceiver, _ state: Secret) async throws -> Granted {
        let request = try AuthorizationRequest(
            server: server, clientID: clientID,
            redirectURI: receiver.redirectURI, scopes: provider.scopes, state: state,
            parameters: provider.authorizationParameters)
        flow.report(.authorizing(summary(request)))
        open(request, receiver)
        let response = try await flow.step(
            "Waiting for \(provider.name) authorization (Ctrl-C aborts)"
        ) {
            try await receiver.response(within: flow.options.timeout)
        }
        let code = try request.code(in: response)
        let endpoint = server.tokenEndpoint
        let tokens = try await flow.step("Exchanging code at \(endpoint.absoluteString)") {
            try await TokenEndpoint(url: endpoint, client: flow.client).exchange(
                code: code, verifier: request.pkce.verifier, redirectURI: request.redirectURI,
                clientID: clientID)
        }
        return try await GrantKeeping(flow: flow, host: host, server: server, clientID: clientID)
            .keep(tokens)
    }

    private func summary(_ request: AuthorizationRequest) -> ConnectEvent.Authorizing {
        ConnectEvent.Authorizing(
            provider: provider.name, providerID: provider.id,
            instance: flow.instance.url.withoutTrailingSlash, host: host.withoutTrailingSlash,
            scopes: provider.scopes.joined, callback: request.redirectURI)
    }

    /// A browser where one can be opened; the address in any other case.
    private func open(_ request: AuthorizationRequest, _ receiver: LoopbackReceiver) {
        let report = flow.report
        let url = request.url
        let obstacle = flow.browser.obstacle
        guard flow.options.opensBrowser, obstacle == nil else {
            report(.openByHand(url, reason: flow.options.opensBrowser ? obstacle : nil))
            if obstacle != nil { report(.tunnel(flow.browser.tunnel(port: receiver.port))) }
            return
        }
        let failed: @Sendable () -> Void = {
            report(.openByHand(url, reason: "the browser did not open"))
        }
        if !flow.browser.open(url, onFailure: failed) {
            report(.openByHand(url, reason: "no browser was found"))
        }
    }
}
