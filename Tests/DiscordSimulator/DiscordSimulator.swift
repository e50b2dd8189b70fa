package import Engine
package import SimulatedService

/// A Discord for tests: one application with a bot, whose interactions endpoint is tried out before
/// it is taken (<https://discord.com/developers/docs/resources/application>).
package struct DiscordSimulator: Sendable {
    package static let applicationID = "1234567890123456789"
    package static let botToken =
        "a-simulated-bot-token.of-the-tests.alone-0123456789-0123456789"

    /// The application as it is now.
    package struct State: Sendable {
        package var endpoint: String?
        /// Whether an address is tried out before it is taken.
        package var pings = true
        /// `host` to a port of this machine, where a call really goes.
        package var ports: [String: UInt16] = [:]
        /// What the pings were answered: status, and whether the signature was right.
        package var pinged: [(isSigned: Bool, status: Int)] = []
    }

    package let service: SimulatedService<State>
    package let key: SigningKey

    /// Starts to listen on 127.0.0.1; port 0 takes any free one.
    package static func start(port: UInt16 = 0) throws -> DiscordSimulator {
        guard let key = SigningKey(), let other = SigningKey() else {
            throw SimulationError(reason: "OpenSSL makes no Ed25519 key")
        }
        let service = try SimulatedService(State(), port: port) { state, request in
            await respond(to: request, state, key, other)
        }
        return DiscordSimulator(service: service, key: key)
    }

    package var origin: URL { service.origin }
    package func stop() async { await service.stop() }

    package var endpoint: String? { service.state.withLock { $0.endpoint } }
    package func set(_ change: (inout State) -> Void) { service.state.withLock { change(&$0) } }

    /// Sends an interaction to the endpoint, signed as Discord signs; what it answered.
    package func interact(
        _ interaction: JSONValue, signedWith key: SigningKey? = nil
    ) async throws -> HTTPResponse {
        let (endpoint, ports) = service.state.withLock { ($0.endpoint, $0.ports) }
        guard let url = endpoint.flatMap({ URL(string: $0) }) else {
            throw SimulationError(reason: "no endpoint is set")
        }
        let body = interaction.encoded()
        return try await CurlClient().send(
            HTTPRequest(
                "POST", url.tunnelled(ports), headers: (key ?? self.key).headers(over: body),
                body: body))
    }

    // MARK: The API

    private static func respond(
        to request: ServerRequest, _ state: Locked<State>, _ key: SigningKey, _ other: SigningKey
    ) async -> HTTPResponse {
        guard request.headers["Authorization"] == "Bot \(botToken)" else {
            return .discord(401, 0, "401: Unauthorized")
        }
        guard request.headers["User-Agent"]?.hasPrefix("DiscordBot (") == true else {
            return HTTPResponse(status: 403, body: Data("<html>error code: 40333</html>".utf8))
        }
        guard request.path == "/api/v10/applications/@me" else {
            return .discord(404, 0, "404: Not Found")
        }
        switch request.method {
        case "GET": break
        case "PATCH":
            guard let body = JSONValue(decoding: request.body)?.object else {
                return .discord(400, 50109, "The request body contains invalid JSON.")
            }
            if let url = body["interactions_endpoint_url"] {
                if let refusal = await take(url, state, key, other) { return refusal }
            }
        default: return .discord(405, 0, "405: Method Not Allowed")
        }
        let endpoint = state.withLock { $0.endpoint }
        return .json([
            "id": .string(applicationID), "name": "Greeter", "verify_key": .string(key.publicKey),
            "interactions_endpoint_url": endpoint.map { .string($0) } ?? .null, "description": "",
        ])
    }

    private static func take(
        _ url: JSONValue, _ state: Locked<State>, _ key: SigningKey, _ other: SigningKey
    ) async -> HTTPResponse? {
        if let text = url.string, state.withLock({ $0.pings }) {
            let isTaken = await isVerified(text, state, key, other)
            guard isTaken else { return .unverified }
        }
        state.withLock { $0.endpoint = url.string }
        return nil
    }

    /// A ping with a right signature and one with a wrong one, told apart
    /// (<https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint>).
    private static func isVerified(
        _ text: String, _ state: Locked<State>, _ key: SigningKey, _ other: SigningKey
    ) async -> Bool {
        let ports = state.withLock { $0.ports }
        guard let url = URL(string: text)?.tunnelled(ports), url.scheme != nil else { return false }
        let ping: JSONValue = [
            "id": "1", "application_id": .string(applicationID), "type": 1, "token": "t",
            "version": 1,
        ]
        let body = ping.encoded()
        var isTaken = true
        for (signer, isSigned) in [(other, false), (key, true)] {
            let answer = try? await CurlClient().send(
                HTTPRequest("POST", url, headers: signer.headers(over: body), body: body))
            state.withLock { $0.pinged.append((isSigned, answer?.status ?? 0)) }
            let isRight =
                isSigned
                ? answer?.status == 200
                    && answer.flatMap { JSONValue(decoding: $0.body) }?["type"] == 1
                : answer?.status == 401
            isTaken = isTaken && isRight
        }
        return isTaken
    }
}

extension HTTPResponse {
    /// An error as Discord words it
    /// (<https://discord.com/developers/docs/reference#error-messages>).
    package static func discord(_ status: Int, _ code: Int64, _ message: String) -> HTTPResponse {
        .json(status, ["code": .integer(code), "message": .string(message)])
    }

    fileprivate static let unverified = json(
        400,
        [
            "code": 50035, "message": "Invalid Form Body",
            "errors": [
                "interactions_endpoint_url": [
                    "_errors": [
                        [
                            "code": "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID",
                            "message":
                                "The specified interactions endpoint url could not be verified.",
                        ]
                    ]
                ]
            ],
        ])
}
