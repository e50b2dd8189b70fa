import Engine

/// PostHog's private API (<https://posthog.com/docs/api>), as far as it is needed.
///
/// Neither bodies nor queries hold a member `token` or `api_key`: PostHog would take it for the
/// caller's key.
struct PostHogAPI: Sendable {
    static let provider: ProviderID = "posthog"

    let host: URL
    /// Cut out of whatever the service says.
    let secret: Secret?
    private let client: any HTTPClient

    init(_ context: ProvisionContext) {
        host = context.host
        secret = context.webhookSecret
        client = context.api
    }

    init(_ service: ServiceAccess) {
        host = service.host
        secret = nil
        client = service.api
    }

    /// The object at `path`; `missing` is what a 404 means.
    func get(
        _ path: String, step: String, missing: ProvisionError? = nil
    ) async throws(ProvisionError) -> JSONValue {
        let request = try request("GET", path, nil, step: step)
        return try await object(request, step: step, missing: missing)
    }

    /// The object that a write answers.
    func send(
        _ method: String, _ path: String, _ body: JSONValue, step: String
    ) async throws(ProvisionError) -> JSONValue {
        try await object(try request(method, path, body, step: step), step: step, missing: nil)
    }

    private func object(
        _ request: HTTPRequest, step: String, missing: ProvisionError?
    ) async throws(ProvisionError) -> JSONValue {
        let response: HTTPResponse
        do {
            response = try await client.send(request)
        } catch {
            throw .unexpectedAnswer(step: step, status: nil, detail: error.description)
        }
        guard (200..<300).contains(response.status) else {
            throw refusal(response, step: step, missing: missing)
        }
        guard let answer = JSONValue(decoding: response.body), answer.object != nil else {
            throw unsupported("it answers an API call with something else than a JSON object")
        }
        return answer
    }

    /// A list of destinations holds their code, and each row costs PostHog a call of its own.
    private func request(
        _ method: String, _ path: String, _ body: JSONValue?, step: String
    ) throws(ProvisionError) -> HTTPRequest {
        guard let url = host.appending(rawPath: path) else {
            throw .unexpectedAnswer(step: step, status: nil, detail: "the host makes no address")
        }
        var request =
            body.map { .json(method, url, $0) }
            ?? HTTPRequest(method, url, headers: ["Accept": "application/json"])
        request.timeout = .seconds(30)
        request.maximumBody = 32 << 20
        return request
    }

    func unsupported(_ reason: String) -> ProvisionError {
        .unsupportedInstance(host: host.withoutTrailingSlash, reason: reason)
    }
}
