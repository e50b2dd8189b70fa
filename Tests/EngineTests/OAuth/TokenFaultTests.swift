import Engine
import ProviderKit
import Testing

/// A client with less patience than the engine has, so that tests are quick.
struct Hurried: HTTPClient {
    let limit: Duration

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        var request = request
        request.timeout = min(request.timeout, limit)
        return try await CurlClient().send(request)
    }
}

@Suite("Token endpoint over the wire")
struct TokenFaultTests {
    static let unknown = "took the request but gave no complete answer"

    static let faults: [(EndpointAnswer, String)] = [
        (.error("invalid_grant"), "'invalid_grant'"),
        (.error("invalid_client", status: 401), "'invalid_client'"),
        (.error("invalid_request", description: "no", status: 200), "'invalid_request': \"no\""),
        (.page(), "status 200 without JSON"), (.page(status: 400), "status 400 without JSON"),
        (.page(status: 500), "status 500 without JSON"),
        (.proper.body(""), "status 200 without JSON"),
        (.proper.body("access_token=a&token_type=bearer"), "status 200 without JSON"),
        (.proper.status(201), "status 201"),
        (.changing(["access_token": nil]), "no access token"),
        (.changing(["token_type": "mac"]), "not Bearer"),
        (.changing(["token_type": nil]), "not Bearer"),
        (.changing(["refresh_token": nil]), "no refresh token"),
        (.redirect(301, to: "/elsewhere/token"), "status 301"),
        (.redirect(302, to: "/elsewhere/token"), "status 302"),
        (.redirect(307, to: "/elsewhere/token"), "status 307"),
        (.redirect(308, to: "/elsewhere/token"), "status 308"),
        (.oversized(by: 300_000), "larger than 262144 bytes"),
        (.proper.delivered(.cutOff(.beforeHeaders)), unknown),
        (.proper.delivered(.cutOff(.inHeaders)), unknown),
        (.proper.delivered(.cutOff(.inBody)), unknown),
        (.proper.delivered(.dripping(every: .milliseconds(10))), unknown),
        (.proper.delivered(.silent), unknown),
    ]

    @Test(arguments: faults.indices)
    func `a failed exchange is told, its code sent once, its redirect not followed`(
        index: Int
    ) async throws {
        let (answer, words) = Self.faults[index]
        try await LoginStage.set { stage in
            stage.server.script.token = [answer, .proper]
            let start = ContinuousClock.now
            let refusal = await stage.refusal(client: Hurried(limit: .milliseconds(600)))
            #expect(start.duration(to: .now) < .seconds(5))
            #expect(refusal?.code == "exchange_failed")
            let sentence = refusal?.description ?? ""
            #expect(sentence.contains(words), "\(sentence)")
            let posts = stage.server.requests.filter { $0.method == "POST" }
            #expect(posts.map(\.path) == ["/token"])
            #expect(stage.stored == nil)
        }
    }

    @Test(arguments: ["bearer", "BEARER", "Bearer"])
    func `the token type is read without case`(type: String) async throws {
        try await LoginStage.set { stage in
            stage.server.script.token = [.changing(["token_type": .string(type)])]
            _ = try await stage.connect()
            #expect(stage.stored != nil)
        }
    }

    @Test(arguments: [429, 503], [1, 2])
    func `a complete request to come back later is obeyed with the same code`(
        status: Int, times: Int
    ) async throws {
        try await LoginStage.set { stage in
            stage.server.script.token =
                Array(repeating: .later(status, retryAfter: "0"), count: times) + [.proper]
            _ = try await stage.connect()
            let sent = stage.server.requests(to: "/token")
            #expect(sent.count == times + 1)
            #expect(Set(sent.map(\.body)).count == 1)
        }
    }

    @Test func `a request to come back later that is cut off is not obeyed`() async throws {
        try await LoginStage.set { stage in
            stage.server.script.token = [.later().delivered(.cutOff(.inBody)), .proper]
            #expect(await stage.refusal()?.description.contains(Self.unknown) == true)
            #expect(stage.server.requests(to: "/token").count == 1)
        }
    }

    @Test func `a code that was not sent is told from one whose answer is unknown`() async throws {
        try await LoginStage.set { stage in
            var stage = stage
            let (server, visit) = (stage.server, stage.visit)
            stage.visit = { url in
                guard let callback = try? await LoopbackBrowser().redirect(from: url) else {
                    return
                }
                server.stop()
                // The port is free once the listener's thread has seen it.
                for _ in 0..<100 where (try? await LoopbackBrowser().redirect(from: url)) != nil {
                    try? await Task.sleep(for: .milliseconds(10))
                }
                await visit(callback)
            }
            let refusal = await stage.refusal()
            #expect(refusal?.code == "exchange_failed")
            #expect(refusal?.description.contains("no connection to '127.0.0.1'") == true)
        }
    }

    @Test func `the whole exchange has a limit, and the engine's own is short`() async throws {
        let client = ScriptedHTTPClient(.json(["access_token": "a", "token_type": "bearer"]))
        _ = try await TokenEndpointTests.exchange(client)
        #expect(client.requests.allSatisfy { $0.timeout <= .seconds(20) })
        #expect(client.requests.allSatisfy { $0.maximumBody <= 256 << 10 })
    }
}
