import Engine

/// PostHog's private API (<https://posthog.com/docs/api>), as far as it is needed.
///
/// Neither bodies nor queries hold a member `token` or `api_key`: PostHog would take it for the
/// caller's key.
struct PostHogAPI: Sendable {
    static let provider: ProviderID = "posthog"

    private let api: JSONAPI

    init(_ context: ProvisionContext) {
        self.init(context.api, context.host, hiding: context.webhookSecret)
    }

    init(_ service: ServiceAccess) { self.init(service.api, service.host, hiding: nil) }

    private init(_ client: any HTTPClient, _ host: URL, hiding secret: Secret?) {
        api = JSONAPI(
            provider: Self.provider, host: host, client: client,
            hiding: [secret].compactMap { $0 }, words: Self.words)
    }

    /// The object at `path`; `missing` is what a 404 means.
    func get(
        _ path: String, step: String, missing: ProvisionError? = nil
    ) async throws(ProvisionError) -> JSONValue {
        try await refusing(missing).object("GET", path, step: step)
    }

    /// The object that a write answers.
    func send(
        _ method: String, _ path: String, _ body: JSONValue, step: String
    ) async throws(ProvisionError) -> JSONValue {
        try await refusing(nil).object(method, path, .json(body), step: step)
    }

    /// What an answer means that is no success.
    func failure(_ response: HTTPResponse, step: String) -> ProvisionError {
        refusing(nil).failure(response, step: step)
    }

    func unsupported(_ reason: String) -> ProvisionError { api.unsupported(reason) }

    /// A text of PostHog's without the webhook secret.
    func cleaned(_ text: String) -> String { api.cleaned(text) }

    private func refusing(_ missing: ProvisionError?) -> JSONAPI {
        api.refusing { refusal($0, missing: missing) }
    }
}
