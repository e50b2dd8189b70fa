import Engine

/// Stripe's API as far as webhook endpoints go: forms in, JSON out (<https://docs.stripe.com/api>).
struct StripeAPI: Sendable {
    /// The version that answers are written in, whatever the account's own is
    /// (<https://docs.stripe.com/api/versioning>); that of deliveries stays the account's.
    private static let version = "2024-06-20"
    private static let path = "/v1/webhook_endpoints"
    private static let pageSize = 100
    private static let mostPages = 100

    private let api: JSONAPI

    init(_ context: ProvisionContext) {
        self.init(context.api, context.host, hiding: context.webhookSecret)
    }

    init(_ keys: KeyCheck) { self.init(keys.api, keys.host, hiding: nil) }

    private init(_ client: any HTTPClient, _ host: URL, hiding secret: Secret?) {
        api = JSONAPI(
            provider: "stripe", host: host, client: client,
            headers: ["Stripe-Version": Self.version], hiding: [secret].compactMap { $0 },
            words: { $0["error"]?["message"]?.string.map(Self.withoutKeys) },
            refusal: Self.refusal)
    }

    // MARK: Endpoints

    /// Every endpoint, those that were made last first (<https://docs.stripe.com/api/pagination>).
    func endpoints() async throws(ProvisionError) -> [WebhookEndpoint] {
        let step = "listing the webhook endpoints"
        var found: [WebhookEndpoint] = []
        var last: String?
        for _ in 0..<Self.mostPages {
            let page = try await page(after: last, limit: Self.pageSize, step: step)
            found += page.rows.compactMap { WebhookEndpoint($0) }
            last = page.rows.last?["id"]?.string
            if !page.hasMore || last == nil { return found }
        }
        throw .unexpectedAnswer(step: step, status: nil, detail: "the list does not end")
    }

    func page(
        after id: String?, limit: Int, step: String
    ) async throws(ProvisionError) -> (rows: [JSONValue], hasMore: Bool) {
        let place = id.map { "&starting_after=\($0.percentEncoded)" } ?? ""
        let page = try await api.object("GET", "\(Self.path)?limit=\(limit)\(place)", step: step)
        guard let rows = page["data"]?.array else {
            throw api.unsupported("its lists are not those of Stripe's API")
        }
        return (rows, page["has_more"] == true)
    }

    /// Makes one; asked again with the same key within a day, Stripe answers what it answered then,
    /// the secret included (<https://docs.stripe.com/api/idempotent_requests>).
    func create(
        _ form: [(String, String)], key: String
    ) async throws(ProvisionError) -> (endpoint: WebhookEndpoint, secret: Secret) {
        let step = "making the webhook endpoint"
        let answer = try await post(Self.path, form, key: key, step: step)
        guard let secret = answer["secret"]?.string, !secret.isEmpty else {
            throw .unexpectedAnswer(
                step: step, status: nil, detail: "the answer has no signing secret")
        }
        guard let endpoint = WebhookEndpoint(answer) else {
            throw .answerIsNot("a webhook endpoint", step: step)
        }
        return (endpoint, Secret(secret))
    }

    func change(
        _ id: String, _ form: [(String, String)]
    ) async throws(ProvisionError) -> WebhookEndpoint {
        let step = "changing the webhook endpoint"
        let answer = try await post(
            "\(Self.path)/\(id)", form, key: UUID().uuidString, step: step)
        guard let endpoint = WebhookEndpoint(answer) else {
            throw .answerIsNot("a webhook endpoint", step: step)
        }
        return endpoint
    }

    /// False when somebody has deleted it before.
    func delete(_ id: String) async throws(ProvisionError) -> Bool {
        do throws(ProvisionError) {
            _ = try await api.object(
                "DELETE", "\(Self.path)/\(id)", step: "deleting the webhook endpoint")
            return true
        } catch .unexpectedAnswer(_, status: 404, _) {
            return false
        }
    }

    private func post(
        _ path: String, _ form: [(String, String)], key: String, step: String
    ) async throws(ProvisionError) -> JSONValue {
        try await api.object(
            "POST", path, .form(form), headers: ["Idempotency-Key": key], step: step)
    }

    // MARK: Refusals

    /// What `{"error": {"type", "code", "message"}}` means (<https://docs.stripe.com/api/errors>).
    private static func refusal(_ problem: APIProblem) -> ProvisionError? {
        guard problem.status == 403 else { return nil }
        let scope = problem.detail?.firstMatch(of: /'(rak_[a-z_]+)' permission/)
        return .missingScope(scope.map { Scope(rawValue: String($0.1)) }, provider: "stripe")
    }

    /// Stripe repeats a part of the key that it refuses.
    private static func withoutKeys(_ text: String) -> String {
        text.replacing(/\b(rk|sk|pk)_[A-Za-z]+_[A-Za-z0-9_*]+/, with: "[redacted]")
    }
}
