/// Takes a grant's tokens back at the service (RFC 7009).
///
/// A refresh token that would end more than its own grant is left alone unless that is asked for.
struct GrantRevocation: Sendable {
    let parts: TokenParts
    let provider: any Provider
    let isEverywhere: Bool

    struct Outcome: Sendable, Equatable {
        enum End: Sendable, Equatable {
            case done
            /// Worth another try; nothing is to be given up yet.
            case later
            /// For good.
            case failed
        }

        var end: End
        var revoked: [TokenKind] = []
        /// What did not go well, one reason each.
        var reasons: [String] = []
    }

    /// Which tokens of a grant are taken back.
    static func kinds(_ grant: Grant, _ revocation: Revocation, everywhere: Bool) -> [TokenKind] {
        let isRefreshMeant = everywhere || revocation.radius == .grant
        return grant.refreshToken != nil && isRefreshMeant ? [.refresh, .access] : [.access]
    }

    func revoke(_ grant: Grant) async -> Outcome {
        if let endpoint = grant.revocationEndpoint { return await revoke(grant, at: endpoint) }
        switch await discovered(grant) {
        case .found(let endpoint): return await revoke(grant, at: endpoint)
        case .nowhere(let reason): return Outcome(end: .failed, reasons: [reason])
        case .unknown(let reason): return Outcome(end: .later, reasons: [reason])
        }
    }

    private func revoke(_ grant: Grant, at endpoint: URL) async -> Outcome {
        var endpoint = endpoint
        var outcome = Outcome(end: .failed)
        var wasRefused = false
        for kind in Self.kinds(grant, provider.revocation, everywhere: isEverywhere) {
            do throws(RevocationFailure) {
                endpoint = try await revoke(kind, of: grant, at: endpoint)
                outcome.revoked.append(kind)
            } catch {
                outcome.reasons.append("\(kind.name) was not revoked: \(error.reason)")
                if case .later = error {
                    outcome.end = .later
                    return outcome
                }
                if case .unsupportedKind = error { continue }
                wasRefused = true
            }
        }
        outcome.end = outcome.revoked.isEmpty || wasRefused ? .failed : .done
        return outcome
    }

    /// Answers where it was done: an endpoint that is gone is looked for once.
    ///
    /// One that is still said to be where nothing is may come back.
    private func revoke(
        _ kind: TokenKind, of grant: Grant, at endpoint: URL
    ) async throws(RevocationFailure) -> URL {
        let token = kind == .access ? grant.accessToken : grant.refreshToken ?? grant.accessToken
        do throws(RevocationFailure) {
            try await server(endpoint).revoke(token, kind, clientID: grant.clientID)
            return endpoint
        } catch {
            guard case .endpointGone(let reason) = error else { throw error }
            switch await discovered(grant) {
            case .found(let other) where other != endpoint:
                try await server(other).revoke(token, kind, clientID: grant.clientID)
                return other
            case .nowhere: throw error
            case .found, .unknown: throw .later(reason: reason, retryAfter: nil)
            }
        }
    }

    private func server(_ endpoint: URL) -> TokenEndpoint {
        var server = TokenEndpoint(url: endpoint, client: parts.client)
        server.timeout = parts.policy.requestTimeout
        return server
    }

    // MARK: Where

    private enum Place {
        case found(URL)
        /// The server has none.
        case nowhere(String)
        /// Whether it has one could not be found out.
        case unknown(String)
    }

    /// By the grant's issuer; one that an earlier client stored says none, and then by its host.
    private func discovered(_ grant: Grant) async -> Place {
        let discovery = provider.discovery(over: parts.client)
        let issuer = grant.issuer.flatMap { URL(address: $0) } ?? grant.host
        do {
            let found = try await discovery.discover(issuer).revocationEndpoint
            return found.map { .found($0) } ?? .nowhere("the service names no revocation endpoint")
        } catch let error as OAuthError {
            guard case .discoveryFailed = error else { return .nowhere(error.description) }
            return .unknown(error.description)
        } catch {
            return .unknown("looking for the revocation endpoint was interrupted")
        }
    }
}
