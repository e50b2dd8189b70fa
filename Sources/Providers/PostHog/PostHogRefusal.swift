import Engine

/// What PostHog's error answers mean: `{"type", "code", "detail", "attr"}`
/// (<https://posthog.com/docs/api>), or a page from something in front of it.
extension PostHogAPI {
    /// Nil for what the status alone says.
    func refusal(_ problem: APIProblem, missing: ProvisionError?) -> ProvisionError? {
        switch problem.status {
        case 400 where isWithoutTemplate(problem.document):
            unsupported("it has no webhook template")
        case 403: forbidden(problem)
        case 404 where missing != nil && problem.document?.object == nil:
            unsupported("it does not have PostHog's API")
        case 404: missing
        default: nil
        }
    }

    /// PostHog speaks of API keys also where a grant is meant.
    ///
    /// What is not about the grant, such as an organization's policy or the user's own role, stays
    /// in PostHog's words.
    private func forbidden(_ problem: APIProblem) -> ProvisionError {
        let text = problem.detail ?? ""
        if let scope = text.firstMatch(of: /missing required scope '([A-Za-z0-9_:*]+)'/) {
            return .missingScope(Scope(rawValue: String(scope.1)), provider: Self.provider)
        }
        if text.contains("missing required scope") || text.contains("has no scopes") {
            return .missingScope(nil, provider: Self.provider)
        }
        if let project = text.firstMatch(of: /access to the requested project(: ID [0-9]+)?/) {
            let project = project.1.map { "project \($0.dropFirst(5))" } ?? "the project"
            return .projectDiscoveryFailed(
                reason: "the credential does not cover \(project)", candidates: [])
        }
        if text.contains("only supported on project-based endpoints") {
            return .projectDiscoveryFailed(
                reason: "the credential is for single projects and does not say for which",
                candidates: [])
        }
        return problem.unexpected
    }

    private func isWithoutTemplate(_ problem: JSONValue?) -> Bool {
        problem?["attr"] == "template_id"
            && problem?["detail"]?.string?.contains("No template found") == true
    }

    /// The service's own words, and the field that they are about.
    static func words(_ problem: JSONValue) -> String? {
        let field = problem["attr"]?.string.map { "\($0): " } ?? ""
        return problem["detail"]?.string.map { field + $0 }
    }
}
