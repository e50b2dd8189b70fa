import Engine
import ProviderKit
import Testing

@Suite("Token endpoint")
struct TokenEndpointTests {
    static let (code, verifier) = ("hunter2-code", "hunter2-verifier")
    static let success = HTTPResponse.json(["access_token": "at", "token_type": "Bearer"])

    static func exchange(_ client: any HTTPClient) async throws -> TokenResponse {
        try await TokenEndpoint(url: try address("https://as.example/token?t=1"), client: client)
            .exchange(
                code: Secret(code), verifier: Secret(verifier),
                redirectURI: "http://127.0.0.1:8423/callback", clientID: "https://c.example/a b+c")
    }

    static func limited(_ status: Int, wait: String? = "0") -> HTTPResponse {
        var response = HTTPResponse.json(status, ["error": "slow_down"])
        response.headers["Retry-After"] = wait
        return response
    }

    @Test func `it sends the form of RFC 6749 and RFC 7636, and no secret of its own`()
        async throws
    {
        let client = ScriptedHTTPClient(Self.success)
        #expect(try await Self.exchange(client).accessToken.reveal() == "at")
        let request = try #require(client.requests.first)
        #expect(request.method == "POST")
        #expect(request.url.absoluteString == "https://as.example/token?t=1")
        #expect(request.headers["Content-Type"] == "application/x-www-form-urlencoded")
        #expect(request.headers["Accept"] == "application/json")
        #expect(request.headers["Authorization"] == nil)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "grant_type=authorization_code&code=hunter2-code"
                + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8423%2Fcallback"
                + "&client_id=https%3A%2F%2Fc.example%2Fa%20b%2Bc&code_verifier=hunter2-verifier")
        #expect(client.requests.count == 1)
    }

    @Test(arguments: [[429], [503], [429, 503]])
    func `a complete 429 or 503 is tried again`(statuses: [Int]) async throws {
        let answers = statuses.map { Self.limited($0) } + [Self.success]
        let client = ScriptedHTTPClient(answers.map { .success($0) })
        #expect(try await Self.exchange(client).accessToken.reveal() == "at")
        #expect(client.requests.count == statuses.count + 1)
        #expect(Set(client.requests.map(\.body)).count == 1)
    }

    @Test(arguments: [429, 503])
    func `three sends are the most`(status: Int) async {
        let client = ScriptedHTTPClient(Array(repeating: .success(Self.limited(status)), count: 9))
        let error = await #expect(throws: OAuthError.self) { try await Self.exchange(client) }
        #expect(error?.code == "exchange_failed")
        #expect(client.requests.count == 3)
    }

    @Test(arguments: [("1", 1000), (nil, 1000), ("soon", 1000), ("2", 2000)])
    func `the wait is the server's, or a second`(wait: String?, milliseconds: Int) async throws {
        let client = ScriptedHTTPClient(Self.limited(429, wait: wait), Self.success)
        let start = ContinuousClock.now
        _ = try await Self.exchange(client)
        #expect(start.duration(to: .now) >= .milliseconds(milliseconds))
    }

    @Test(arguments: [400, 401, 403, 404, 408, 409, 425, 500, 502, 504, 302])
    func `no other status is tried again`(status: Int) async {
        let client = ScriptedHTTPClient(
            HTTPResponse(status: status, headers: ["Retry-After": "0"]), Self.success)
        let error = await #expect(throws: OAuthError.self) { try await Self.exchange(client) }
        #expect(error?.description.contains("\(status)") == true)
        #expect(client.requests.count == 1)
    }

    @Test(arguments: [
        HTTPClientError.answerUnknown(host: "as.example", reason: "timeout"),
        .unreachable(host: "as.example", reason: "no route"),
        .insecureConnection(host: "as.example", reason: "self-signed certificate"),
        .answerTooLarge(host: "as.example", limit: 262_144),
    ])
    func `a code that may have arrived is not sent again`(failure: HTTPClientError) async {
        let client = ScriptedHTTPClient([.failure(failure), .success(Self.success)])
        let error = await #expect(throws: OAuthError.self) { try await Self.exchange(client) }
        #expect(error == .exchangeFailed(reason: failure.description))
        #expect(client.requests.count == 1)
    }

    @Test func `after a 429 an unknown answer ends it`() async {
        let unknown = HTTPClientError.answerUnknown(host: "as.example", reason: "timeout")
        let client = ScriptedHTTPClient([
            .success(Self.limited(429)), .failure(unknown), .success(Self.success),
        ])
        await #expect(throws: OAuthError.exchangeFailed(reason: unknown.description)) {
            try await Self.exchange(client)
        }
        #expect(client.requests.count == 2)
    }

    @Test func `a cancelled request is a cancelled task, and a cancelled wait ends`() async {
        let cancelled = ScriptedHTTPClient([.failure(.cancelled)])
        await #expect(throws: CancellationError.self) { try await Self.exchange(cancelled) }
        let limited = ScriptedHTTPClient(Self.limited(429, wait: "60"), Self.success)
        let running = Task { try await Self.exchange(limited) }
        while limited.requests.isEmpty { await Task.yield() }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(limited.requests.count == 1)
    }

    static let refusals: [(HTTPResponse, String)] = [
        (.json(400, ["error": "invalid_grant"]), "the server answered 'invalid_grant'"),
        (.json(401, ["error": "invalid_client"]), "the server answered 'invalid_client'"),
        (.json(200, ["error": "invalid_grant"]), "the server answered 'invalid_grant'"),
        (
            .json(200, ["error": "x", "access_token": "at", "token_type": "Bearer"]),
            "the server answered 'x'"
        ),
        (
            .json(400, ["error": "a\u{1B}[31m", "error_description": "b\u{7}\u{9B}c\nd"]),
            #"the server answered 'a [31m': "b c d""#
        ),
        (
            HTTPResponse(status: 400, body: Data("<html>at</html>".utf8)),
            "the server answered status 400 without JSON"
        ),
        (HTTPResponse(status: 500), "the server answered status 500 without JSON"),
        (
            HTTPResponse(status: 200, body: Data("<html>".utf8)),
            "the server answered status 200 without JSON"
        ),
        (
            .json(201, ["access_token": "at", "token_type": "Bearer"]),
            "the server answered status 201"
        ),
        (.json(400, ["detail": "hunter2"]), "the server answered status 400"),
        (.json(200, []), "the answer is not a JSON object"),
        (.json(200, [:]), "the answer holds no access token"),
    ]

    @Test(arguments: refusals)
    func `a refusal is told in one clean sentence`(response: HTTPResponse, reason: String) async {
        let client = ScriptedHTTPClient(response)
        await #expect(throws: OAuthError.exchangeFailed(reason: reason)) {
            try await Self.exchange(client)
        }
        #expect(client.requests.count == 1)
    }

    @Test(arguments: [
        "the code hunter2-code with hunter2-verifier is unknown",
        "body was: code=hunter2-code&code_verifier=hunter2-verifier",
    ])
    func `a server that repeats what it was sent is not repeated`(echo: String) async {
        for response in [
            HTTPResponse.json(400, ["error": "invalid_grant", "error_description": .string(echo)]),
            .json(400, ["error": .string(echo)]),
        ] {
            let client = ScriptedHTTPClient(response)
            let error = await #expect(throws: OAuthError.self) { try await Self.exchange(client) }
            #expect(error?.description.contains("hunter2") == false)
        }
    }
}
