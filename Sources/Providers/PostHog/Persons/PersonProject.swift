import Engine

/// Which project's persons are meant.
///
/// The environment's, else the only one of the grant, else the one that was provisioned, else the
/// only one that the credential sees; never the first of several.
struct PersonProject {
    let service: ServiceAccess
    let access: ProviderAccess
    let limits: PersonReadLimits

    private var pause: ReadFailure.Extent { .everyone(limits.refusalPause) }

    func find() async throws(ReadFailure) -> Int64 {
        let reach = service.grant.map { GrantReach($0) }
        let granted = reach?.projects ?? []
        if let wanted = service.project {
            guard let id = PostHogProject.number(wanted), granted.isEmpty || granted.contains(id)
            else { throw ReadFailure(.projectUnclear, pause) }
            return id
        }
        if granted.count == 1 { return granted[0] }
        if let id = await provisioned(), granted.isEmpty || granted.contains(id) { return id }
        guard granted.isEmpty else { throw ReadFailure(.projectUnclear, pause) }
        let choice = ProjectChoice(api: PostHogAPI(service), wanted: nil, reach: reach)
        do throws(ProvisionError) {
            return try await choice.project().id
        } catch {
            throw ReadFailure(error, pause, scope: "project:read")
        }
    }

    /// A project's number says nothing in another region.
    private func provisioned() async -> Int64? {
        guard let host = await access.derived("privateHost")?.reveal(),
            host == service.host.withoutTrailingSlash
        else { return nil }
        return await access.derived("projectId").flatMap { PostHogProject.number($0.reveal()) }
    }
}
