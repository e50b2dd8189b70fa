import Engine

/// Discord's API as far as the bot's own application goes
/// (<https://discord.com/developers/docs/resources/application>).
struct DiscordAPI: Sendable {
    static let endpointField = "interactions_endpoint_url"
    private static let path = "/api/v10/applications/@me"

    private let api: JSONAPI

    init(_ context: ProvisionContext) { self.init(context.api, context.host) }

    init(_ keys: KeyCheck) { self.init(keys.api, keys.host) }

    /// Discord blocks clients that do not say who they are in its own way
    /// (<https://discord.com/developers/docs/reference#user-agent>).
    private init(_ client: any HTTPClient, _ host: URL) {
        api = JSONAPI(
            provider: "discord", host: host, client: client,
            headers: ["User-Agent": "DiscordBot (https://hogsend.com, 1)"], words: Self.words)
    }

    func application(step: String) async throws(ProvisionError) -> Application {
        try await application("GET", step: step)
    }

    /// Sets the endpoint, or with null takes it away.
    ///
    /// Discord first sends a ping with a right signature and one with a
    /// wrong one, and refuses an address that does not tell them apart.
    func setEndpoint(_ url: JSONValue, step: String) async throws(ProvisionError) -> Application {
        try await application("PATCH", .json([Self.endpointField: url]), step: step)
    }

    private func application(
        _ method: String, _ content: JSONAPI.Content = .none, step: String
    ) async throws(ProvisionError) -> Application {
        let answer = try await api.object(method, Self.path, content, step: step)
        guard let application = Application(answer) else {
            throw .answerIsNot("an application", step: step)
        }
        return application
    }

    /// `{"message"}`, and under `errors` one by one what is wrong with which field
    /// (<https://discord.com/developers/docs/reference#error-messages>).
    private static func words(_ problem: JSONValue) -> String? {
        let reasons = problem["errors"]?[endpointField]?["_errors"]?.array ?? []
        let texts = [problem["message"]] + reasons.map { $0["message"] }
        let words = texts.compactMap { $0?.string }
        return words.isEmpty ? nil : words.joined(separator: ": ")
    }
}

/// An application as its own bot sees it.
struct Application: Sendable {
    let id: String
    let name: String
    let publicKey: String
    /// Null for one that has none.
    let endpoint: JSONValue

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let key = json["verify_key"]?.string else { return nil }
        self.id = id
        name = (json["name"]?.string ?? "").sanitized(limit: 100)
        publicKey = key
        let endpoint = json[DiscordAPI.endpointField] ?? .null
        self.endpoint = endpoint == "" ? .null : endpoint
    }
}
