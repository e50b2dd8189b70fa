import Engine
import PostHogProvider
import ProviderKit
import Testing

@Suite("What person reads remember")
struct PersonCacheTests {
    private static func refusal(_ status: Int, _ detail: String = "no") -> HTTPResponse {
        .problem(status, detail)
    }

    private static func throttled(_ seconds: String?) -> HTTPResponse {
        var response = refusal(429)
        response.headers["Retry-After"] = seconds
        return response
    }

    @Test(arguments: [
        (HTTPResponse.person("ada"), 299.0, 301.0), (.persons(), 29, 31),
        (refusal(500), 9, 11), (HTTPResponse(status: 503), 9, 11), (.json([:]), 9, 11),
    ])
    func `an answer is believed for its life and no longer`(
        answer: HTTPResponse, during: Double, after: Double
    ) async throws {
        let desk = try PersonDesk(answer, .person("ada", ["plan": "new"]))
        let reads = desk.reads()
        let first = await reads.person("ada")
        desk.pass(during)
        #expect(await reads.person("ada") == first)
        #expect(desk.lines.count == 1)
        desk.pass(after - during)
        #expect(await reads.properties("ada") == ["plan": "new"])
        #expect(desk.lines.count == 2)
    }

    @Test(arguments: [
        (throttled("7"), 7.0, PersonReading.Reason.throttled), (throttled(nil), 60, .throttled),
        (throttled("soon"), 60, .throttled),
        (refusal(401), 30, .unauthorized), (refusal(404), 30, .projectUnclear),
        (refusal(403, "API key missing required scope 'person:read'"), 30, .missingScope),
        (
            refusal(403, "OAuth token has no scopes and cannot access this resource"), 30,
            .missingScope
        ),
        (
            refusal(403, "API key does not have access to the requested project: ID 1."), 30,
            .projectUnclear
        ),
        (refusal(403, "You do not have editor access to this resource."), 30, .forbidden),
        (HTTPResponse(status: 403, body: Data("<html>".utf8)), 30, .forbidden),
    ])
    func `a refusal of the credential keeps from asking for anyone, but not from remembering`(
        answer: HTTPResponse, pause: Double, reason: PersonReading.Reason
    ) async throws {
        let desk = try PersonDesk(.person("known"), answer, .person("ada"))
        let reads = desk.reads()
        _ = await reads.person("known")
        #expect(await reads.person("ada") == .unavailable(reason))
        desk.pass(pause - 0.5)
        #expect(await reads.person("ada") == .unavailable(reason))
        #expect(await reads.person("eve") == .unavailable(reason))
        #expect(await reads.properties("known") == ["plan": "pro"])
        #expect(desk.lines.count == 2)
        desk.pass(1)
        #expect(await reads.properties("ada") == ["plan": "pro"])
    }

    @Test(arguments: [
        (
            HTTPClientError.unreachable(host: "h", reason: "r"),
            PersonReading.Reason.serviceUnavailable
        ),
        (.answerUnknown(host: "h", reason: "r"), .serviceUnavailable),
        (.insecureConnection(host: "h", reason: "r"), .serviceUnavailable),
        (.answerTooLarge(host: "h", limit: 1), .unexpectedAnswer),
        (.refused(host: "h", reason: "r"), .unauthorized), (.cancelled, .serviceUnavailable),
    ])
    func `no answer is never an error`(
        error: HTTPClientError, reason: PersonReading.Reason
    ) async throws {
        let desk = try PersonDesk(ScriptedHTTPClient([.failure(error), .success(.person("eve"))]))
        let reads = desk.reads()
        #expect(await reads.person("ada") == .unavailable(reason))
        #expect(await reads.properties("eve") != nil, "one person's failure is not another's")
    }

    @Test func `a missing scope is reported, and heals with an answer`() async throws {
        var challenge = HTTPResponse(status: 403)
        challenge.headers["WWW-Authenticate"] = #"Bearer error="insufficient_scope""#
        let desk = try PersonDesk(challenge, .person("ada"))
        let reads = desk.reads()
        #expect(await reads.person("ada") == .unavailable(.missingScope))
        desk.pass(31)
        _ = await reads.person("ada")
        #expect(desk.reports.withLock { $0 } == ["-person:read", "+person:read"])
    }

    @Test func `those who ask for one person at once share one request`() async throws {
        let slow = SlowClient(.person("ada"), delay: .milliseconds(200))
        let desk = try PersonDesk()
        try desk.connect(api: slow)
        let reads = desk.reads()
        let all = await withTaskGroup(of: PersonReading.self) { group in
            for _ in 0..<50 { group.addTask { await reads.person("ada") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.count == 50 && all.allSatisfy { $0.properties == ["plan": "pro"] })
        #expect(slow.count == 1)
    }

    @Test func `so many requests are under way at once and no more, and all are answered`()
        async throws
    {
        let slow = SlowClient(delay: .milliseconds(20))
        let desk = try PersonDesk()
        try desk.connect(api: slow)
        let reads = desk.reads { $0.requests = 3 }
        let all = await withTaskGroup(of: PersonReading.self) { group in
            for number in 0..<30 { group.addTask { await reads.person("person-\(number)") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.allSatisfy { $0.properties != nil } && all.count == 30)
        #expect(slow.count == 30 && (1...3).contains(slow.most))
    }

    @Test func `a 429 holds for those who wait already`() async throws {
        let slow = SlowClient(Self.throttled("60"), delay: .milliseconds(20))
        let desk = try PersonDesk()
        try desk.connect(api: slow)
        let reads = desk.reads { $0.requests = 3 }
        let all = await withTaskGroup(of: PersonReading.self) { group in
            for number in 0..<30 { group.addTask { await reads.person("person-\(number)") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.allSatisfy { $0 == .unavailable(.throttled) })
        #expect(slow.count == 3)
    }

    @Test func `who does not want to wait gets none, and the answer is kept for the next`()
        async throws
    {
        let slow = SlowClient(.person("ada"), delay: .milliseconds(300))
        let desk = try PersonDesk()
        try desk.connect(api: slow)
        let reads = desk.reads { $0.timeout = .milliseconds(50) }
        #expect(await reads.person("ada") == .unavailable(.timedOut))
        for _ in 0..<100 where await reads.properties("ada") == nil {}
        #expect(await reads.properties("ada") == ["plan": "pro"])
        #expect(slow.count == 1)
    }

    @Test func `one who is cancelled takes the request from nobody`() async throws {
        let slow = SlowClient(.person("ada"), delay: .milliseconds(200))
        let desk = try PersonDesk()
        try desk.connect(api: slow)
        let reads = desk.reads()
        let quitter = Task { await reads.person("ada") }
        let patient = Task { await reads.person("ada") }
        try await Task.sleep(for: .milliseconds(50))
        quitter.cancel()
        #expect(await quitter.value.properties == nil)
        #expect(await patient.value.properties == ["plan": "pro"])
    }

    @Test func `memory is bounded by number, the oldest first`() async throws {
        let desk = try PersonDesk(.echo)
        let reads = desk.reads { $0.entries = 3 }
        for id in ["a", "b", "c", "d"] { _ = await reads.person(id) }
        for id in ["b", "c", "d"] { _ = await reads.person(id) }
        #expect(desk.lines.count == 4)
        _ = await reads.person("a")
        #expect(desk.lines.count == 5)
    }

    @Test func `memory is bounded by size`() async throws {
        let desk = try PersonDesk(.echo)
        let reads = desk.reads { $0.bytes = 2500 }
        for number in 0..<200 { _ = await reads.person("person-\(number)") }
        _ = await reads.person("person-199")
        #expect(desk.lines.count == 200)
        _ = await reads.person("person-0")
        #expect(desk.lines.count == 201)
    }

    @Test func `another grant sees nothing of the one before`() async throws {
        let desk = try PersonDesk(.person("ada"), .person("ada", ["plan": "other"]))
        let reads = desk.reads()
        _ = await reads.person("ada")
        try desk.connect(teams: [67_890])
        #expect(await reads.properties("ada") == ["plan": "other"])
        #expect(desk.lines.last?.contains("/67890/") == true)
    }
}

/// Answers late, and counts.
final class SlowClient: HTTPClient {
    private let answer: HTTPResponse?
    private let delay: Duration
    private let asked = Locked((all: 0, now: 0, most: 0))

    /// Without an answer it knows everybody.
    init(_ answer: HTTPResponse? = nil, delay: Duration) {
        self.answer = answer
        self.delay = delay
    }

    var count: Int { asked.withLock { $0.all } }
    /// How many were under way at once at most.
    var most: Int { asked.withLock { $0.most } }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        asked.withLock { asked in
            asked.all += 1
            asked.now += 1
            asked.most = max(asked.most, asked.now)
        }
        try? await Task.sleep(for: delay)
        asked.withLock { $0.now -= 1 }
        return answer ?? .echo(request)
    }
}

extension HTTPResponse {
    /// The person of whatever id was asked for.
    static func echo(_ request: HTTPRequest) -> HTTPResponse {
        let pairs = FormURLEncoding.decode(request.url.query(percentEncoded: true) ?? "") ?? []
        return .person(pairs.first?.value ?? "")
    }
}

extension ScriptedHTTPClient {
    /// Knows everybody.
    static var echo: ScriptedHTTPClient {
        ScriptedHTTPClient { request throws(HTTPClientError) in .echo(request) }
    }
}
