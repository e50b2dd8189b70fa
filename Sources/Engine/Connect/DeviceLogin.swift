/// The part of `connect` in which a code is typed on any device (RFC 8628).
struct DeviceLogin: Sendable {
    let flow: ConnectFlow
    let host: URL
    let server: AuthorizationServerMetadata
    let clientID: String

    private var provider: any Provider { flow.provider }

    func run() async throws -> Granted {
        guard let endpoint = server.deviceAuthorizationEndpoint else {
            throw OAuthError.noDeviceGrant(host: host.withoutTrailingSlash)
        }
        let polling = DevicePolling(
            endpoint: TokenEndpoint(url: server.tokenEndpoint, client: flow.client),
            clientID: clientID)
        flow.report(.authorizing(summary))
        let start = polling.now()
        let device = try await authorization(at: endpoint)
        show(device)
        let tokens = try await flow.step(
            "Waiting for \(provider.name) authorization (Ctrl-C aborts)"
        ) {
            try await polling.tokens(for: device, since: start, within: flow.options.timeout)
        }
        return try await GrantKeeping(flow: flow, host: host, server: server, clientID: clientID)
            .keep(tokens)
    }

    private func authorization(at endpoint: URL) async throws -> DeviceAuthorization {
        try await flow.step("Asking for a code at \(endpoint.absoluteString)") {
            let document = try await TokenEndpoint(url: endpoint, client: flow.client).deviceCode(
                clientID: clientID, scopes: provider.scopes,
                parameters: provider.authorizationParameters)
            return try DeviceAuthorization(
                document, issuer: server.issuer, endpointHosts: provider.endpointHosts)
        }
    }

    private var summary: ConnectEvent.Authorizing {
        ConnectEvent.Authorizing(
            provider: provider.name, providerID: provider.id,
            instance: flow.instance.url.withoutTrailingSlash, host: host.withoutTrailingSlash,
            scopes: provider.scopes.joined, callback: nil)
    }

    /// Address and code are always shown: the browser that opens need not be the one that is used.
    private func show(_ device: DeviceAuthorization) {
        flow.report(.enterCode(device.userCode, at: device.verificationURI))
        guard flow.options.opensBrowser, flow.browser.obstacle == nil else { return }
        _ = flow.browser.open(device.completeURI ?? device.verificationURI) {}
    }
}
