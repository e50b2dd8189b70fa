/// Speaks to an instance as its administrator.
package struct InstanceClient: Sendable {
    private static let storeTimeout = Duration.seconds(10)
    private static let provisionTimeout = Duration.seconds(120)
    private static let callTimeout = Duration.seconds(30)

    package let url: URL
    let adminKey: Secret
    let client: any HTTPClient

    package init(url: URL, adminKey: Secret, client: any HTTPClient) {
        self.url = url
        self.adminKey = adminKey
        self.client = client
    }

    /// The address of a path, for the user's eyes.
    package func address(_ path: String) -> String { url.withoutTrailingSlash + path }

    package func connectInfo(_ provider: any Provider) async throws -> ConnectInfo {
        guard let info = try await connectInfo(ifKnown: provider) else { throw unexpected(404) }
        return info
    }

    /// Nil where the instance does not know the provider.
    package func connectInfo(ifKnown provider: any Provider) async throws -> ConnectInfo? {
        let answer = try await send("GET", provider.clientRoutes.connectInfo)
        if answer.status == 404 { return nil }
        guard answer.status == 200, let info = ConnectInfo(answer.json) else {
            throw unexpected(answer.status)
        }
        return info
    }

    package func health() async throws -> JSONValue {
        let answer = try await send("GET", APIPath.health)
        guard answer.status == 200, answer.json["status"]?.string != nil else {
            throw unexpected(answer.status)
        }
        return answer.json
    }

    package func credentials() async throws -> [CredentialSummary] {
        let answer = try await send("GET", APIPath.credentials)
        guard answer.status == 200, let list = answer.json["credentials"]?.array else {
            throw unexpected(answer.status)
        }
        return list.compactMap(CredentialSummary.init)
    }

    package func credential(_ provider: String) async throws -> CredentialSummary {
        let answer = try await send("GET", APIPath.credential(provider))
        if answer.status == 200, let summary = CredentialSummary(answer.json) { return summary }
        throw refusal(answer, provider) ?? unexpected(answer.status)
    }

    package func deleteCredential(_ provider: String) async throws {
        let answer = try await send("DELETE", APIPath.credential(provider))
        guard answer.status != 200 else { return }
        throw refusal(answer, provider) ?? unexpected(answer.status)
    }

    /// Asks the instance to refresh a grant now; its provider may take a while to answer.
    package func refreshCredential(_ provider: String) async throws -> CredentialSummary {
        let path = APIPath.credential(provider) + "/refresh"
        let answer = try await send("POST", path, timeout: Self.provisionTimeout)
        if answer.status == 200, let summary = CredentialSummary(answer.json) { return summary }
        let code = answer.json["error"]?.string
        guard answer.status == 502 && code != nil || code == "nothing_to_refresh" else {
            throw refusal(answer, provider) ?? unexpected(answer.status)
        }
        throw ConnectError(
            code == "needs_reconnect" ? .needsReconnect : .refreshUnavailable,
            answer.json["detail"]?.string?.sanitized() ?? "the grant could not be refreshed",
            hint: answer.json["remediation"]?.string?.sanitized())
    }

    /// Stores a credential; what the instance answers is its status, since a failed store is worded
    /// by the one who holds the credential.
    package func store(
        _ credential: StorableCredential, for provider: ProviderID
    ) async throws -> Answer {
        try await send(
            "PUT", APIPath.credential(provider.rawValue),
            body: ["kind": .string(credential.kind), "payload": credential.payload],
            timeout: Self.storeTimeout)
    }

    /// What an instance of the earlier implementation would misread goes to a path that it does not
    /// have: it knows no plans, and would provision.
    package func provisionPath(_ provider: any Provider, _ request: ProvisionRequest) -> String {
        let routes =
            request.isBeyondOldRoutes ? ProviderRoutes.standard(provider.id) : provider.clientRoutes
        return routes.provision + request.query
    }

    package func provision(
        _ provider: any Provider, _ request: ProvisionRequest
    ) async throws -> Answer {
        try await send(
            "POST", provisionPath(provider, request), body: request.body,
            timeout: Self.provisionTimeout)
    }

    /// Tries whether a provider's deliveries arrive; any status but 200 is a refusal.
    package func verify(_ provider: any Provider, project: String?) async throws -> Answer {
        try await send(
            "POST", APIPath.verify(provider.id), body: ProvisionRequest(project: project).body,
            timeout: Self.provisionTimeout)
    }

    /// Whether the provider's side still is as it should be; any status but 200 is a refusal.
    package func drift(_ provider: any Provider) async throws -> Answer {
        try await send("GET", APIPath.drift(provider.id), timeout: Self.provisionTimeout)
    }

    /// Leaves a provider; whoever asks reads what became of it from the answer.
    package func disconnect(
        _ provider: ProviderID, _ request: DisconnectRequest
    ) async throws -> Answer {
        try await send(
            "POST", APIPath.disconnect(provider), body: request.body,
            timeout: Self.provisionTimeout)
    }

    /// Any call; every answer but a refusal of the admin key is returned, whatever its status.
    package func call(_ method: String, _ path: String, _ body: JSONValue?) async throws -> Answer {
        try await send(method, path, body: body, timeout: Self.callTimeout)
    }

    package struct Answer: Sendable {
        package let status: Int
        package let json: JSONValue
    }

    // MARK: One request

    func send(
        _ method: String, _ path: String, body: JSONValue? = nil,
        timeout: Duration = .seconds(10)
    ) async throws -> Answer {
        let response = try await exchange(method, path, body: body, timeout: timeout)
        let json = JSONValue(decoding: response.body) ?? .null
        if method == "GET", let error = unavailable(response.status, json) { throw error }
        return Answer(status: response.status, json: json)
    }

    /// The answer as it came; only a refusal of the admin key is thrown.
    func exchange(
        _ method: String, _ path: String, body: JSONValue? = nil, timeout: Duration,
        maximumBody: Int = 4 << 20
    ) async throws -> HTTPResponse {
        guard let address = url.appending(rawPath: path) else { throw unexpected(0) }
        var request =
            body.map { HTTPRequest.json(method, address, $0) } ?? HTTPRequest(method, address)
        request.headers["Authorization"] = "Bearer \(adminKey.reveal())"
        request.timeout = timeout
        request.maximumBody = maximumBody
        let response = try await receive(request)
        guard response.status != 401 else { throw wrongKey }
        return response
    }

    func unavailable(_ status: Int, _ json: JSONValue?) -> ConnectError? {
        guard status == 503, json?["error"] == "database_unavailable" else { return nil }
        return ConnectError(
            .databaseUnavailable, "the instance cannot reach its database",
            hint: "look at the instance's log, and see that the database runs")
    }

    private func receive(_ request: HTTPRequest) async throws -> HTTPResponse {
        do {
            return try await client.send(request)
        } catch .cancelled {
            throw CancellationError()
        } catch .answerTooLarge(_, let limit) {
            throw ConnectError(
                .answerTooLarge, "the instance's answer is larger than \(limit >> 20) MiB",
                hint: "ask for less, such as with a smaller --limit")
        } catch {
            throw ConnectError(
                .instanceUnreachable, "the instance cannot be reached: \(error.description)",
                hint: "check --url and that the instance runs")
        }
    }

    private func refusal(_ answer: Answer, _ provider: String) -> ConnectError? {
        switch answer.status {
        case 404:
            ConnectError(
                .noCredential, "no credential is stored for '\(provider.sanitized(limit: 60))'",
                hint: "see what is stored with `hogsend credentials list`")
        case 409:
            ConnectError(
                .undecryptable,
                answer.json["detail"]?.string?.sanitized()
                    ?? "the stored credential cannot be opened",
                hint: answer.json["remediation"]?.string?.sanitized()
                    ?? "delete it and connect again")
        default: nil
        }
    }

    func unexpected(_ status: Int) -> ConnectError {
        ConnectError(
            .instanceUnreachable,
            "'\(url.withoutTrailingSlash)' answered with status \(status), not as a hogsend instance does",
            hint: "check --url, and that the instance is not older than this program")
    }

    var wrongKey: ConnectError {
        ConnectError(
            .unauthorized, "the instance does not take this admin key",
            hint: "pass the instance's ADMIN_API_KEY with --admin-key-file or HOGSEND_ADMIN_KEY")
    }
}
