import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("The list of destinations")
struct DestinationListTests {
    private static func row(_ id: Int, _ more: [String: JSONValue] = [:]) -> JSONValue {
        .object(
            [
                "id": .string("f\(id)"), "type": "destination", "enabled": true,
                "inputs": ["url": ["value": .string("https://example.com/\(id)")]],
                "inputs_schema": [],
            ].merging(more) { $1 })
    }

    private static let list =
        "GET /api/projects/12345/hog_functions/?type=destination&full=true&limit=100&offset="

    private static func lines(
        _ answers: HTTPResponse...
    ) async throws -> (ProvisionPlan, [String]) {
        let api = ScriptedHTTPClient(([.project] + answers).map { .success($0) })
        let plan = try await PostHog().plan(try .fixture(api: api))
        return (plan, Array(api.lines.dropFirst()))
    }

    @Test func `is read to its end by counting, whatever the links say`() async throws {
        let first = (0..<100).map { Self.row($0) }
        let page = HTTPResponse.json(
            200,
            [
                "count": 101, "next": "https://evil.example/?token=1", "results": .array(first),
            ])
        let (plan, lines) = try await Self.lines(page, .page([Self.row(100)], count: 101))
        #expect(plan.action == .created)
        #expect(lines == [Self.list + "0", Self.list + "100"])
    }

    @Test func `is read to its end without a count, too`() async throws {
        let first = HTTPResponse.json(200, ["next": "x", "results": [Self.row(0)]])
        let last = HTTPResponse.json(200, ["next": nil, "results": [Self.row(1)]])
        let (_, lines) = try await Self.lines(first, last)
        #expect(lines == [Self.list + "0", Self.list + "1"])
    }

    @Test func `is read once more when rows moved meanwhile`() async throws {
        let moved = HTTPResponse.page([Self.row(0)], count: 2)
        let (_, lines) = try await Self.lines(
            moved, .page([Self.row(0)], count: 2), .page([Self.row(0), Self.row(1)]))
        #expect(lines == [Self.list + "0", Self.list + "1", Self.list + "0"])
    }

    @Test func `is read anew when its count changes from page to page`() async throws {
        let moved = HTTPResponse.page([Self.row(0)], count: 3)
        let rest = HTTPResponse.page([Self.row(2)], count: 2)
        let (_, lines) = try await Self.lines(
            moved, rest, .page([Self.row(0), Self.row(1), Self.row(2)]))
        #expect(lines == [Self.list + "0", Self.list + "1", Self.list + "0"])
    }

    @Test func `has details read only where inputs are missing`() async throws {
        let bare: JSONValue = ["id": "bare", "type": "destination"]
        let (plan, lines) = try await Self.lines(
            .page([Self.row(0), bare, Self.row(1)]), .json(200, Self.row(2)))
        #expect(plan.action == .created)
        #expect(lines == [Self.list + "0", "GET /api/projects/12345/hog_functions/bare/"])
    }

    @Test func `may hold functions of other types, which are left alone`() async throws {
        let ours: JSONValue = ["url": ["value": .string(ProvisionContext.webhook)]]
        let (plan, _) = try await Self.lines(
            .page([Self.row(0, ["type": "transformation", "inputs": ours])]))
        #expect(plan.action == .created)
    }

    @Test func `does not go on for ever`() async throws {
        let api = ScriptedHTTPClient { request throws(HTTPClientError) in
            guard request.url.absoluteString.contains("hog_functions") else { return .project }
            return .json(200, ["next": "x", "results": [Self.row(0)]])
        }
        let context = try ProvisionContext.fixture(api: api)
        await #expect(
            throws: ProvisionError.unexpectedAnswer(
                step: "listing the destinations", status: nil, detail: "the list does not end")
        ) { try await PostHog().plan(context) }
    }
}
