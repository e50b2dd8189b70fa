import Engine
import ProviderKit
import Testing

/// Polls by a script, in a time that passes only while it waits.
struct Hourglass {
    typealias Answer = Result<HTTPResponse, HTTPClientError>

    static let pending = error("authorization_pending")
    static let slowDown = error("slow_down")
    static let lost = Answer.failure(.answerUnknown(host: "h", reason: "time-out"))
    static let granted = Answer.success(
        .json([
            "access_token": "hunter2-a", "token_type": "bearer", "refresh_token": "hunter2-r",
        ]))

    static func error(_ code: String, status: Int = 400) -> Answer {
        .success(.json(status, ["error": .string(code), "error_description": "hunter2-device"]))
    }

    let client: ScriptedHTTPClient
    let now = Locked(Duration.seconds(1000))
    let waits = Locked<[Duration]>([])

    /// The last answer stays.
    init(_ answers: [Answer]) {
        let rest = Locked(answers)
        client = ScriptedHTTPClient { _ throws(HTTPClientError) in
            try rest.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
        }
    }

    /// Runs to the end; no error shows the device code.
    func poll(
        interval: JSONValue = nil, expiresIn: JSONValue = 600,
        within limit: Duration = .seconds(300), deviceCode: JSONValue = "hunter2-device"
    ) async throws -> TokenResponse {
        let device = try DeviceAuthorization(
            DeviceAuthorizationTests.document([
                "interval": interval, "expires_in": expiresIn, "device_code": deviceCode,
            ]),
            issuer: DeviceAuthorizationTests.issuer, endpointHosts: [])
        let endpoint = try address("https://as.example/token")
        var polling = DevicePolling(
            endpoint: TokenEndpoint(url: endpoint, client: client), clientID: "client")
        let (now, waits) = (now, waits)
        polling.now = { now.withLock { $0 } }
        polling.sleep = { wait in
            waits.withLock { $0.append(wait) }
            now.withLock { $0 += wait }
        }
        return try await polling.tokens(for: device, since: .seconds(1000), within: limit)
    }

    func refusal(
        interval: JSONValue = nil, expiresIn: JSONValue = 600,
        within limit: Duration = .seconds(300)
    ) async -> OAuthError? {
        let error = await #expect(throws: OAuthError.self) {
            try await poll(interval: interval, expiresIn: expiresIn, within: limit)
        }
        #expect(error.map { "\($0)\($0.description)".contains("hunter2") } == false)
        return error
    }

    var seconds: [Double] { waits.withLock { $0.map { $0 / .seconds(1) } } }
}

@Suite("Polling for a device code")
struct DevicePollingTests {
    @Test func `it asks at the pace that was asked for until it is granted`() async throws {
        let glass = Hourglass([Hourglass.pending, Hourglass.pending, Hourglass.granted])
        let tokens = try await glass.poll()
        #expect(tokens.accessToken == Secret("hunter2-a") && glass.seconds == [5, 5, 5])
        let form = glass.client.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(
            Set(form) == [
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
                    + "&device_code=hunter2-device&client_id=client"
            ])
        #expect(glass.client.requests.allSatisfy { $0.headers["Authorization"] == nil })
    }

    @Test func `slow_down adds five seconds for good`() async throws {
        let glass = Hourglass([
            Hourglass.slowDown, Hourglass.pending, Hourglass.slowDown, Hourglass.pending,
            Hourglass.granted,
        ])
        _ = try await glass.poll(interval: 2)
        #expect(glass.seconds == [2, 7, 7, 12, 12])
    }

    @Test func `a device code that is part of an error's code changes nothing of it`() async throws
    {
        let glass = Hourglass([
            Hourglass.slowDown, Hourglass.error("temporarily_unavailable"), Hourglass.pending,
            Hourglass.granted,
        ])
        _ = try await glass.poll(interval: 2, deviceCode: "d")
        #expect(glass.seconds == [2, 7, 14, 7])
    }

    static let intervals: [(JSONValue, Double)] = [
        (nil, 5), (1, 1), (7, 7), ("8", 8), (.number(1.5), 1.5), (0, 5), (-3, 5), ("soon", 5),
        (true, 5), (.number(0.01), 1),
    ]

    @Test(arguments: intervals)
    func `an interval is five seconds unless one is said, and never less than one`(
        interval: JSONValue, seconds: Double
    ) async throws {
        let glass = Hourglass([Hourglass.granted])
        _ = try await glass.poll(interval: interval)
        #expect(glass.seconds == [seconds])
    }

    @Test func `what gets no answer is asked half as often each time, until there is one`()
        async throws
    {
        let away = Hourglass.Answer.success(HTTPResponse(status: 502))
        let glass = Hourglass([
            Hourglass.lost, away, Hourglass.lost, Hourglass.pending, Hourglass.pending,
            Hourglass.granted,
        ])
        _ = try await glass.poll()
        #expect(glass.seconds == [5, 10, 20, 40, 5, 5])
        let long = Hourglass(Array(repeating: Hourglass.lost, count: 20))
        _ = await long.refusal(expiresIn: 3600, within: .seconds(600))
        #expect(long.seconds.max() == 60)
    }

    @Test func `where no answer came in the end, nothing is said of a code that was not entered`()
        async throws
    {
        let away = Hourglass.Answer.success(HTTPResponse(status: 502))
        let lost = Hourglass(Array(repeating: away, count: 9))
        #expect(
            await lost.refusal(within: .seconds(60))
                == .exchangeFailed(reason: "the server answered status 502"))
        let late = Hourglass([away] + Array(repeating: Hourglass.pending, count: 20))
        #expect(await late.refusal(within: .seconds(60)) == .deviceCodeExpired(.seconds(60)))
    }

    @Test func `a server that names a time is given it`() async throws {
        let later = Hourglass.Answer.success(
            HTTPResponse(status: 429, headers: ["Retry-After": "17"]))
        let glass = Hourglass([later, Hourglass.granted])
        _ = try await glass.poll()
        #expect(glass.seconds == [5, 17])
    }

    static let ends: [(Hourglass.Answer, OAuthError)] = [
        (Hourglass.error("access_denied"), .consentDenied),
        (Hourglass.error("access_denied", status: 200), .consentDenied),
        (Hourglass.error("expired_token"), .deviceCodeExpired(nil)),
    ]

    @Test(arguments: ends)
    func `a denial and an expiry end it with verdicts of their own`(
        answer: Hourglass.Answer, end: OAuthError
    ) async {
        let glass = Hourglass([Hourglass.pending, answer])
        #expect(await glass.refusal() == end && glass.client.requests.count == 2)
    }

    static let failures: [(Hourglass.Answer, String)] = [
        (Hourglass.error("invalid_grant"), "'invalid_grant'"),
        (Hourglass.error("unheard_of", status: 401), "'unheard_of'"),
        (.success(HTTPResponse(status: 200, body: Data("<html>".utf8))), "status 200 without JSON"),
        (.success(HTTPResponse(status: 404)), "status 404"),
        (.success(HTTPResponse(status: 302)), "status 302"),
        (.success(.json(200, ["token_type": "bearer"])), "no access token"),
        (.failure(.insecureConnection(host: "h", reason: "expired")), "no trusted connection"),
        (.failure(.answerTooLarge(host: "h", limit: 1)), "larger"),
    ]

    @Test(arguments: failures)
    func `any other answer is a failed exchange, and nothing is asked again`(
        answer: Hourglass.Answer, word: String
    ) async {
        let glass = Hourglass([Hourglass.pending, answer])
        let error = await glass.refusal()
        #expect(error?.code == "exchange_failed" && error?.description.contains(word) == true)
        #expect(glass.client.requests.count == 2)
    }

    @Test func `nothing is asked after the code's end or the user's patience`() async {
        let short = Hourglass([Hourglass.pending])
        #expect(await short.refusal(expiresIn: 21) == .deviceCodeExpired(.seconds(20)))
        #expect(short.seconds == [5, 5, 5])
        let impatient = Hourglass([Hourglass.pending])
        #expect(await impatient.refusal(within: .seconds(12)) == .deviceCodeExpired(.seconds(12)))
        #expect(impatient.seconds == [5, 5])
        let nonsense = Hourglass([Hourglass.pending])
        #expect(await nonsense.refusal(expiresIn: -1, within: .seconds(12)) != nil)
        #expect(nonsense.seconds == [5, 5])
    }

    @Test func `a request takes no longer than what is left`() async {
        let glass = Hourglass([Hourglass.pending])
        _ = await glass.refusal(within: .seconds(12))
        let timeouts = glass.client.requests.map(\.timeout)
        #expect(timeouts == [.seconds(7), .seconds(2)])
    }
}
