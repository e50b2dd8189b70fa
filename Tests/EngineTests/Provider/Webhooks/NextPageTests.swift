import Engine
import ProviderKit
import Testing

@Suite("Webhook collection in pages")
struct NextPageTests {
    private static let address = NextPage.address(["links", "next"])
    private static let cursor = NextPage.cursor(["links", "next"], parameter: "page[after]")

    /// What is asked for after a first page that tells this.
    private func asked(
        _ next: NextPage, _ told: JSONValue?, host: String = "https://h.example"
    ) async throws -> [String] {
        var shelf = WebhookShelf()
        shelf.webhookCollection = WebhookCollection(
            "/v1/hooks", list: ["data"], next: next, address: ["url"], secret: nil, active: nil)
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            let isFirst = request.url.absoluteString == "\(host)/v1/hooks"
            return .json(["data": [], "links": isFirst ? ["next": told ?? nil] : [:]])
        }
        let context = ProvisionContext(
            api: client, host: try #require(URL(string: host)), grant: nil, project: nil,
            webhookURL: try #require(URL(string: WebhookShelf.here)), webhookSecret: nil)
        _ = try await shelf.plan(context)
        return client.requests.dropFirst().map(\.url.absoluteString)
    }

    static let addresses: [(JSONValue, String)] = [
        ("https://h.example/v1/hooks?page=2", "/v1/hooks?page=2"),
        ("/v1/hooks?page=2", "/v1/hooks?page=2"), ("?page=2", "/v1/hooks?page=2"),
        ("http://h.example/v1/hooks?c=%2F%20", "/v1/hooks?c=%2F%20"),
        ("https://evil.example/v1/hooks?page=2", "/v1/hooks?page=2"),
        ("//evil.example/v1/more", "/v1/more"),
    ]

    @Test(arguments: addresses)
    func `an address leads to its path on the grant's own host`(told: JSONValue, path: String)
        async throws
    {
        #expect(try await asked(Self.address, told) == ["https://h.example\(path)"])
    }

    @Test func `below a host with a path an address holds that as well`() async throws {
        let host = "https://h.example/base"
        let path = try await asked(Self.address, "https://h.example/base/v1/hooks?p=2", host: host)
        #expect(path == ["https://h.example/base/v1/hooks?p=2"])
        await #expect(throws: ProvisionError.self) {
            try await asked(Self.address, "https://h.example/v1/hooks?p=2", host: host)
        }
    }

    @Test(arguments: [("a b&c=d", "a%20b%26c%3Dd"), (17, "17")] as [(JSONValue, String)])
    func `a cursor is one parameter, whatever stands in it`(told: JSONValue, sent: String)
        async throws
    {
        #expect(
            try await asked(Self.cursor, told)
                == ["https://h.example/v1/hooks?page%5Bafter%5D=\(sent)"])
    }

    @Test(arguments: [nil, .null, ""] as [JSONValue?])
    func `nothing, null and an empty text end the list`(told: JSONValue?) async throws {
        #expect(try await asked(Self.address, told) == [])
        #expect(try await asked(Self.cursor, told) == [])
    }

    @Test(arguments: [true, [:], [1]] as [JSONValue])
    func `anything else is an error, since something may be missing`(told: JSONValue)
        async throws
    {
        let error = ProvisionError.answerIsNot("a list of webhooks", step: "GET /v1/hooks")
        await #expect(throws: error) { try await asked(Self.address, told) }
        await #expect(throws: error) { try await asked(Self.cursor, told) }
    }

    @Test func `what stands on a later page is found`() async throws {
        let shelf = WebhookShelf.giving(
            WebhookShelf.hook("a", WebhookShelf.foreign),
            WebhookShelf.hook("b", WebhookShelf.foreign),
            WebhookShelf.hook("c", WebhookShelf.here))
        #expect(try await shelf.run(try shelf.context(isFixed: true)).action == .unchanged)
        #expect(shelf.client.lines.prefix(2) == ["GET /hooks", "GET /hooks?after=2"])
    }

    @Test func `a list without an end is an error that shows no cursor`() async throws {
        let shelf = WebhookShelf.giving()
        let client = ScriptedHTTPClient { _ in .json(["data": [], "after": "hunter2"]) }
        let error = await #expect(throws: ProvisionError.self) {
            try await shelf.run(try shelf.context(client, secret: nil))
        }
        #expect(
            error
                == .unexpectedAnswer(
                    step: "GET /hooks", status: nil, detail: "the list does not end"))
    }

    @Test func `a page that is refused is told without its cursor`() async throws {
        let shelf = WebhookShelf.giving()
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            request.url.query() == nil
                ? .json(["data": [], "after": "hunter2"]) : HTTPResponse(status: 500)
        }
        await #expect(
            throws: ProvisionError.unexpectedAnswer(step: "GET /hooks", status: 500, detail: nil)
        ) { try await shelf.run(try shelf.context(client, secret: nil)) }
    }
}
