/// Gives providers their way to the service: the stored grant on its own host, else the pasted key
/// on the environment's.
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
            service: { () async throws(NoAccess) in try await service(id) })
    }

    private func service(_ id: ProviderID) async throws(NoAccess) -> ServiceAccess {
        let settings = configurations[id] ?? ProviderConfiguration()
        do throws(DatabaseError) {
            if let grant = try await tokens.knownSummary(of: id) {
                return ServiceAccess(
                    api: AuthorizedClient(client, .stored(id, tokens), host: grant.host),
                    host: grant.host, grant: grant, project: settings.project)
            }
        } catch {
            throw .storeUnavailable
        }
        guard let key = settings.personalKey else { throw .noCredential }
        guard let host = settings.host else { throw .notConfigured }
        return ServiceAccess(
            api: AuthorizedClient(client, token: key, host: host), host: host, grant: nil,
            project: settings.project)
    }

    /// The webhook's secret is the instance's own affair.
    private func derived(_ name: String, _ id: ProviderID) async -> Secret? {
        guard !WebhookKeys.ownMembers.contains(name),
            let row = try? await tokens.parts.store.load(id, .derived)
        else { return nil }
        return row.contents?[name]?.string.flatMap { $0.isEmpty ? nil : Secret($0) }
    }
}
