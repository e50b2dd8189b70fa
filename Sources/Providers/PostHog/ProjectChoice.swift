import Engine

/// Which project is meant: the one asked for, else the only one there is; never the first of
/// several.
///
/// `@current` is the project open in the user's browser, so it is asked for only with a pasted key
/// that can list nothing.
struct ProjectChoice {
    private static let maximumNames = 20

    let api: PostHogAPI
    let wanted: String?
    /// Nil with a pasted key.
    let reach: GrantReach?

    init(api: PostHogAPI, wanted: String?, reach: GrantReach?) {
        self.api = api
        self.wanted = wanted
        self.reach = reach
    }

    init(_ context: ProvisionContext, _ api: PostHogAPI) {
        self.init(
            api: api, wanted: context.project, reach: context.grant.map { GrantReach($0) })
    }

    private var granted: [Int64] { reach?.projects ?? [] }

    func project() async throws(ProvisionError) -> PostHogProject {
        if let wanted { return try await asked(wanted) }
        if granted.count == 1 { return try await read(granted[0]) }
        if !granted.isEmpty { throw await unclear("the grant covers \(granted.count) projects") }
        let listed: [PostHogProject]
        do throws(ProvisionError) {
            listed = try await list()
        } catch .projectDiscoveryFailed where reach == nil {
            return try await read("@current")
        }
        return try await only(of: listed)
    }

    func read(_ id: Int64) async throws(ProvisionError) -> PostHogProject {
        try await read(String(id))
    }

    private func read(_ id: String) async throws(ProvisionError) -> PostHogProject {
        let missing = ProvisionError.projectDiscoveryFailed(
            reason: "PostHog has no project \(id) for this credential", candidates: [])
        let step = "reading project \(id)"
        let answer = try await api.get("/api/projects/\(id)/", step: step, missing: missing)
        guard let project = PostHogProject(answer) else {
            throw .unexpectedAnswer(step: step, status: nil, detail: "the project has no number")
        }
        return project
    }

    private func asked(_ text: String) async throws(ProvisionError) -> PostHogProject {
        guard let id = PostHogProject.number(text) else {
            throw .projectDiscoveryFailed(
                reason: "'\(text.sanitized(limit: 60))' is not the number of a project",
                candidates: [])
        }
        guard granted.isEmpty || granted.contains(id) else {
            throw await unclear("the grant does not cover project \(id)")
        }
        return try await read(id)
    }

    private func list() async throws(ProvisionError) -> [PostHogProject] {
        let missing = api.unsupported("it does not have PostHog's API")
        let step = "listing the projects"
        return try await api.rows("/api/projects/", step: step, missing: missing)
            .compactMap { PostHogProject($0) }
    }

    private func only(of listed: [PostHogProject]) async throws(ProvisionError) -> PostHogProject {
        if listed.count == 1 { return try await read(listed[0].id) }
        throw .projectDiscoveryFailed(
            reason: "the credential covers \(listed.isEmpty ? "no" : "\(listed.count)") projects",
            candidates: listed.map(\.candidate))
    }

    /// Names are read where they can be; a project that is gone is not offered.
    private func unclear(_ reason: String) async -> ProvisionError {
        var candidates: [ProvisionError.ProjectCandidate] = []
        for id in granted.prefix(Self.maximumNames) {
            do throws(ProvisionError) {
                candidates.append(try await read(id).candidate)
            } catch .projectDiscoveryFailed {
                continue
            } catch .unauthorized(let provider) {
                return .unauthorized(provider: provider)
            } catch {
                candidates.append(.init(id: String(id), name: "project \(id)"))
            }
        }
        return .projectDiscoveryFailed(reason: reason, candidates: candidates)
    }
}
