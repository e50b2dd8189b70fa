import Engine

/// What a grant covers: single projects, organizations, or everything that the user sees.
///
/// The consent page asks for one project, but PostHog takes whatever it is sent
/// (<https://posthog.com/docs/api/oauth>).
struct GrantReach {
    let projects: [Int64]
    let organizations: Int

    init(_ grant: GrantSummary) {
        let teams = grant.fields["scopedTeams"]?.array ?? []
        projects = teams.compactMap { $0.integer ?? $0.string.flatMap(PostHogProject.number) }
        organizations = grant.fields["scopedOrganizations"]?.array?.count ?? 0
    }

    /// One sentence unless it is one project.
    var notes: [String] {
        if projects.count == 1 { return [] }
        return [
            "the grant covers \(extent); to narrow it, connect again and pick one project on"
                + " PostHog's consent page"
        ]
    }

    private var extent: String {
        if projects.count > 1 { return "\(projects.count) projects" }
        switch organizations {
        case 0: return "everything that you can see in PostHog"
        case 1: return "every project of one organization"
        default: return "every project of \(organizations) organizations"
        }
    }
}
