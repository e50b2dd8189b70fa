import Engine
import PostHogProvider
import ProviderKit
import Testing

@Suite("Person reads")
struct PersonReadsTests {
    private static let ask = "GET \(PersonDesk.project)?distinct_id="

    @Test func `a person is asked for by his id in the grant's project`() async throws {
        let desk = try PersonDesk(.person("ada"))
        let reading = await desk.reads().person("ada")
        guard case .found(let person, .oauth) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(person.uuid == "0190-u" && person.name == "Ada")
        #expect(person.properties == ["plan": "pro"])
        #expect(desk.lines == ["\(Self.ask)ada&limit=2"])
        #expect(desk.client.requests[0].timeout == .seconds(10))
        #expect(desk.client.requests[0].url.host() == "eu.posthog.com")
        #expect(desk.reports.withLock { $0 } == ["+person:read"])
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("a+b@c.d", "a%2Bb%40c.d"), ("a&b=c#d?e/f", "a%26b%3Dc%23d%3Fe%2Ff"),
        ("ü", "%C3%BC"), ("../x", "..%2Fx"), ("%41", "%2541"), ("\"\\", "%22%5C"),
    ])
    func `an id reaches PostHog as it is`(id: String, escaped: String) async throws {
        let desk = try PersonDesk(.person(id))
        #expect(await desk.reads().properties(id) == ["plan": "pro"])
        let text = desk.client.requests[0].url.absoluteString
        #expect(text.hasSuffix("?distinct_id=\(escaped)&limit=2"))
    }

    @Test(arguments: ["", String(repeating: "x", count: 1001), String(repeating: "ü", count: 501)])
    func `an id that is none is not asked for`(id: String) async throws {
        let desk = try PersonDesk()
        #expect(await desk.reads().person(id) == .unavailable(.invalidID))
        #expect(desk.lines == [])
    }

    @Test func `nobody of that id is an answer with no properties`() async throws {
        let desk = try PersonDesk(.persons())
        let reads = desk.reads()
        #expect(await reads.person("ada") == .absent(.oauth))
        #expect(await reads.properties("ada") == [:])
    }

    // MARK: Who is asked, and where

    @Test(arguments: [
        (NoAccess.noCredential, PersonReading.Reason.noCredential),
        (.notConfigured, .notConfigured), (.storeUnavailable, .storeUnavailable),
    ])
    func `without a credential nothing is asked`(
        cause: NoAccess, reason: PersonReading.Reason
    ) async throws {
        let desk = try PersonDesk()
        desk.service.withLock { $0 = .failure(cause) }
        let reads = desk.reads()
        #expect(await reads.person("ada") == .unavailable(reason))
        #expect(await reads.properties("ada") == nil)
        #expect(desk.lines == [])
    }

    @Test func `a credential that comes and goes counts at once`() async throws {
        let desk = try PersonDesk(.person("ada"), .person("ada", ["plan": "us"]))
        let reads = desk.reads()
        #expect(await reads.properties("ada") == ["plan": "pro"])
        desk.service.withLock { $0 = .failure(.noCredential) }
        #expect(await reads.properties("ada") == nil)
        try desk.connect(teams: nil, host: "https://us.posthog.com", project: "12345")
        #expect(await reads.person("ada").properties == ["plan": "us"])
        #expect(desk.client.requests.map { $0.url.host() } == ["eu.posthog.com", "us.posthog.com"])
    }

    @Test(
        arguments: [
            // The grant's projects, the environment's project, the provisioned one; the one that counts.
            ([12_345], nil, nil, 12_345), ([1, 2], "2", nil, 2), ([1, 2], nil, "2", 2),
            ([1, 2], "1", "2", 1), ([], "7", nil, 7), ([], nil, "8", 8),
            ([12_345], "12345", "9", 12_345),
            ([1, 2], nil, nil, nil), ([1, 2], "3", nil, nil), ([1], "3", nil, nil),
            ([1, 2], nil, "3", nil),
            ([1, 2], "x", nil, nil),
        ] as [([Int64], String?, String?, Int64?)])
    func `the project is clear or nothing is asked`(
        teams: [Int64], environment: String?, provisioned: String?, project: Int64?
    ) async throws {
        let desk = try PersonDesk(.person("ada"))
        try desk.connect(teams: teams, project: environment)
        desk.derived.withLock {
            $0["projectId"] = provisioned
            $0["privateHost"] = "https://eu.posthog.com"
        }
        let reading = await desk.reads().person("ada")
        guard let project else {
            #expect(reading == .unavailable(.projectUnclear) && desk.lines == [])
            return
        }
        #expect(reading.properties != nil)
        #expect(desk.lines == ["GET /api/projects/\(project)/persons/?distinct_id=ada&limit=2"])
    }

    @Test func `a number that was provisioned in another region is not this one's`() async throws {
        let desk = try PersonDesk(
            .json(["results": [["id": 5, "name": "Only"]], "next": nil]), .project(5, "Only"),
            .person("ada"))
        try desk.connect(teams: [])
        desk.derived.withLock {
            $0 = ["projectId": "8", "privateHost": "https://us.posthog.com"]
        }
        let reads = desk.reads()
        #expect(await reads.properties("ada") != nil)
        #expect(desk.lines.last == "GET /api/projects/5/persons/?distinct_id=ada&limit=2")
        #expect(desk.lines.count == 3)
    }

    // MARK: The answer

    @Test(arguments: [
        HTTPResponse.person("somebody else"), .persons(.person("x", [:]), .person("y", [:])),
        .persons(["distinct_ids": ["ada"]]), .persons(["distinct_ids": ["ada"], "properties": 1]),
        .persons(["distinct_ids": "ada", "properties": [:]]), .persons("ada"),
        .json(["results": [:]]), .json([:]), .json([]), .json(200, "text"),
        HTTPResponse(status: 200, body: Data("<html>".utf8)), HTTPResponse(status: 302),
        HTTPResponse(status: 204), HTTPResponse(status: 400), HTTPResponse(status: 418),
    ])
    func `what is not about that person is no answer`(answer: HTTPResponse) async throws {
        let desk = try PersonDesk(answer)
        #expect(await desk.reads().person("ada") == .unavailable(.unexpectedAnswer))
    }

    @Test func `ids that are equal to Swift are two persons`() async throws {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        let desk = try PersonDesk(.person(decomposed), .person(decomposed, ["plan": "free"]))
        let reads = desk.reads()
        #expect(await reads.person(composed) == .unavailable(.unexpectedAnswer))
        #expect(await reads.properties(decomposed) == ["plan": "free"])
        #expect(desk.lines.count == 2)
    }

    @Test func `of several the one who has the id is taken`() async throws {
        let desk = try PersonDesk(
            .persons(.person("eve", ["n": 1]), .person("x", "ada", properties: ["n": 2])))
        #expect(await desk.reads().properties("ada") == ["n": 2])
    }

    @Test func `a list of ids so long that it is cut off is believed`() async throws {
        var row = JSONValue.person("x", ["n": 3]).object ?? [:]
        row["distinct_ids"] = .array((0..<1000).map { .string("id-\($0)") })
        let desk = try PersonDesk(.persons(.object(row)))
        #expect(await desk.reads().properties("ada") == ["n": 3])
    }
}
