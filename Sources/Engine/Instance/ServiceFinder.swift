/// Gives providers their way to the service: the stored credential on its own host, else the
/// environment's key on the environment's.
///
/// A stored grant that opens is the one that counts even while its token cannot be refreshed: a key
/// for another region would answer with somebody else's data.
struct ServiceFinder: Sendable {
    let tokens: TokenManager
    let configurations: [ProviderID: ProviderConfiguration]
    let client: any HTTPClient
    let gaps: ObservedGaps

    func access(to provider: any Provider) -> ProviderAccess {
        let id = provider.id
        return ProviderAccess(
            configuration: configurations[id] ?? ProviderConfiguration(), client: client,
            derived: { await derived($0, id) },
            noting: { gaps.note($0, of: id, isMissing: $1) },
            service: { () async throws(NoAccess) in try await service(provider) })
    }

    private func service(_ provider: any Provider) async throws(NoAccess) -> ServiceAccess {
        let settings = configurations[provider.id] ?? ProviderConfiguration()
        let stored: ProvisionAccess.Credential?
        do throws(DatabaseError) {
            stored = try await self.stored(provider, settings)
        } catch {
            throw .storeUnavailable
        }
        if let stored { return access(by: stored) }
        guard let key = settings.personalKey else { throw .noCredential }
        guard let host = settings.host.map({ provider.grantHost(authorizedAt: $0, members: [:]) })
        else { throw .notConfigured }
        return access(
            by: ProvisionAccess.Credential(
                source: .environment(key, provider.authentication.use), host: host, grant: nil,
                project: settings.project))
    }

    private func stored(
        _ provider: any Provider, _ settings: ProviderConfiguration
    ) async throws(DatabaseError) -> ProvisionAccess.Credential? {
        guard provider.authentication.keyUse == nil else {
            return try await tokens.parts.store.keys(of: provider).map {
                ProvisionAccess.Credential($0, of: provider, settings)
            }
        }
        return try await tokens.knownSummary(of: provider.id).map {
            ProvisionAccess.Credential(
                source: .grant(provider.id, tokens), host: $0.host, grant: $0,
                project: settings.project)
        }
    }

    private func access(by credential: ProvisionAccess.Credential) -> ServiceAccess {
        var access = ServiceAccess(
            api: credential.client(over: client), host: credential.host, grant: credential.grant,
            project: credential.project, credential: credential.source.kind)
        access.hiding = { credential.hiding($0) }
        return access
    }

    /// The webhook's secret is the instance's own affair.
    private func derived(_ name: String, _ id: ProviderID) async -> Secret? {
        guard !WebhookKeys.ownMembers.contains(name),
            let row = try? await tokens.parts.store.load(id, .derived)
        else { return nil }
        return row.contents?[name]?.string.flatMap { $0.isEmpty ? nil : Secret($0) }
    }
}
