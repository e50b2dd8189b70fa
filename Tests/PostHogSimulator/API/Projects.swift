import Engine

extension Installation {
    /// The project in the path, if the caller may enter it.
    func project(
        _ request: ServerRequest, for caller: Caller
    ) throws(APIProblem) -> Switches.Project {
        let text = request.parameters["project"] ?? ""
        let id = text == "@current" ? switches.currentProject : Int64(text)
        guard let id, let project = project(id) else { throw .notFound() }
        guard caller.teams.isEmpty || caller.teams.contains(id) else {
            throw .forbidden("API key does not have access to the requested project: ID \(id).")
        }
        guard caller.organizations.isEmpty || caller.organizations.contains(organization(project))
        else {
            throw .forbidden(
                "API key does not have access to the requested organization: ID \(organization(project))."
            )
        }
        return project
    }

    /// Projects that a grant names exist, even if no one described them.
    private func project(_ id: Int64) -> Switches.Project? {
        switches.projects.first { $0.id == id }
            ?? (switches.scopedTeams?.contains(id) == true
                ? Switches.Project(id: id, name: "Project \(id)") : nil)
    }

    private func organization(_ project: Switches.Project) -> String {
        project.organization ?? Switches.Project.organization
    }

    /// `GET /api/projects/`, which a token for single projects may not ask.
    func projectList(_ request: ServerRequest) -> HTTPResponse {
        do throws(APIProblem) {
            let caller = try caller(of: request)
            guard caller.teams.isEmpty else {
                throw .forbidden(
                    "API keys with scoped projects are only supported on project-based endpoints.")
            }
            try caller.require("project:read")
            let visible = switches.projects.filter {
                caller.organizations.isEmpty || caller.organizations.contains(organization($0))
            }
            return .json(200, Page(request, visible.map(listItem)).body(origin: origin))
        } catch {
            return error.response
        }
    }

    private func listItem(_ project: Switches.Project) -> JSONValue {
        [
            "id": .integer(project.id), "name": .string(project.name),
            "organization": .string(organization(project)),
            "uuid": .string("0190a0b0-c0d0-7000-8000-\(String(100_000_000_000 + project.id))"),
            "api_token": .string("phc_project\(project.id)"),
            "timezone": .string(project.timezone ?? "UTC"), "is_demo": false,
            "completed_snippet_onboarding": true, "has_completed_onboarding_for": ["product": true],
        ]
    }

    func body(of project: Switches.Project) -> JSONValue {
        listItem(project).merging([
            "created_at": "2026-01-01T00:00:00.000000Z",
            "updated_at": "2026-01-02T00:00:00.000000Z",
            "ingested_event": true, "anonymize_ips": false, "app_urls": [],
            "test_account_filters": [], "person_display_name_properties": ["email", "name"],
            "week_start_day": 1, "is_pending_deletion": false, "project_id": .integer(project.id),
            "secret_api_token": .string("phs_secret\(project.id)"),
            "live_events_token": .string("live\(project.id)"),
        ])
    }
}
