import Engine

/// What PostHog's error answers mean: `{"type", "code", "detail", "attr"}`
/// (<https://posthog.com/docs/api>), or a page from something in front of it.
extension PostHogAPI {
    func refusal(
        _ response: HTTPResponse, step: String, missing: ProvisionError?
    ) -> ProvisionError {
        let problem = JSONValue(decoding: response.body)
        let detail = detail(problem, response)
        switch response.status {
        case 300..<400: return unsupported("it answers an API call with a redirect")
        case 400 where isWithoutTemplate(problem): return unsupported("it has no webhook template")
        case 401: return .unauthorized(provider: Self.provider)
        case 403: return forbidden(detail, step: step)
        case 404 where missing != nil && problem?.object == nil:
            return unsupported("it does not have PostHog's API")
        default:
            let other = ProvisionError.unexpectedAnswer(
                step: step, status: response.status, detail: detail)
            return response.status == 404 ? missing ?? other : other
        }
    }

    /// PostHog speaks of API keys also where a grant is meant.
    ///
    /// What is not about the grant, such as an organization's policy or the user's own role, stays
    /// in PostHog's words.
    private func forbidden(_ detail: String?, step: String) -> ProvisionError {
        let text = detail ?? ""
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
        return .unexpectedAnswer(step: step, status: 403, detail: detail)
    }

    private func isWithoutTemplate(_ problem: JSONValue?) -> Bool {
        problem?["attr"] == "template_id"
            && problem?["detail"]?.string?.contains("No template found") == true
    }

    /// The service's own words and how long it wants to be left alone; never a body.
    private func detail(_ problem: JSONValue?, _ response: HTTPResponse) -> String? {
        let field = problem?["attr"]?.string.map { "\($0): " } ?? ""
        let words = problem?["detail"]?.string.map { field + cleaned($0) }
        let wait = response.retryAfter.map { "Retry-After: \($0.components.seconds) seconds" }
        let parts = [words, wait].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ").sanitized()
    }

    func cleaned(_ text: String) -> String {
        guard let secret = secret?.reveal(), !secret.isEmpty else { return text }
        return text.replacing(secret, with: "[redacted]")
    }
}
