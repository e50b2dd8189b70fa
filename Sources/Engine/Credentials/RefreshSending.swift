/// The request of a refresh, to where the grant says the token endpoint is.
struct RefreshSending: Sendable {
    let parts: TokenParts
    let provider: (any Provider)?
    let lock: any DatabaseLock

    /// An endpoint that is gone is looked for once at the grant's issuer (RFC 8414).
    ///
    /// That may have taken long, so that the lock is asked for again.
    func send(_ token: Secret, of grant: Grant) async throws(RefreshFailure) -> RefreshAnswer {
        do throws(RefreshFailure) {
            return RefreshAnswer(
                tokens: try await send(token, grant.clientID, to: grant.tokenEndpoint),
                endpoint: grant.tokenEndpoint)
        } catch {
            guard case .endpointGone = error, let endpoint = await moved(grant), await lock.isHeld()
            else { throw error }
            return RefreshAnswer(
                tokens: try await send(token, grant.clientID, to: endpoint), endpoint: endpoint)
        }
    }

    private func send(
        _ token: Secret, _ clientID: String, to endpoint: URL
    ) async throws(RefreshFailure) -> TokenResponse {
        var server = TokenEndpoint(url: endpoint, client: parts.client)
        server.timeout = parts.policy.requestTimeout
        return try await server.refresh(token, clientID: clientID)
    }

    /// Nil when the issuer names no other endpoint.
    private func moved(_ grant: Grant) async -> URL? {
        guard let issuer = grant.issuer.flatMap({ URL(address: $0) }) else { return nil }
        let discovery = MetadataDiscovery(
            client: parts.client,
            wellKnownSuffix: (provider?.discovery ?? .wellKnown()).wellKnownSuffix,
            pageMeansUnsupported: false, endpointHosts: provider?.endpointHosts ?? [],
            flow: provider?.authentication.flow ?? .code)
        let endpoint = try? await discovery.discover(issuer).tokenEndpoint
        return endpoint == grant.tokenEndpoint ? nil : endpoint
    }
}

/// The new tokens and where they came from.
struct RefreshAnswer: Sendable {
    let tokens: TokenResponse
    let endpoint: URL
}
