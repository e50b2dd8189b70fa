import Engine
import PostHogProvider
import PostHogSimulator
import ProviderKit
import Testing

@Suite("The project")
struct ProjectChoiceTests {
    private static let scoped = HTTPResponse.problem(
        403, "API keys with scoped projects are only supported on project-based endpoints.")

    /// Answers by path; destinations there are none.
    private static func client(_ answers: [String: HTTPResponse]) -> ScriptedHTTPClient {
        ScriptedHTTPClient { request throws(HTTPClientError) in
            let path = request.url.absoluteString.dropFirst("https://eu.posthog.com".count)
            if path.contains("hog_functions") { return .page([]) }
            return answers[String(path)] ?? .problem(404, "Not found.")
        }
    }

    private static func project(
        _ answers: [String: HTTPResponse], teams: [Int64]?, asked: String? = nil
    ) async throws -> Int64? {
        let context = try ProvisionContext.fixture(
            api: client(answers), teams: teams, project: asked)
        return try await PostHog().plan(context).target["projectId"]?.integer
    }

    private static let two = [
        "/api/projects/1/": HTTPResponse.project(1, "Shop"),
        "/api/projects/2/": HTTPResponse.project(2, "Blog"),
    ]
    private static let bothListed: JSONValue = [
        ["id": 1, "name": "Shop"], ["id": 2, "name": "Blog\u{1B}[2J"],
    ]

    private static func listed(_ rows: JSONValue) -> [String: HTTPResponse] {
        two.merging(["/api/projects/?limit=100&offset=0": .page(rows.array ?? [])]) { $1 }
    }

    private static let chosen: [([String: HTTPResponse], [Int64]?, String?, Int64)] = [
        (two, [1], nil, 1), (two, [1], "1", 1), (two, [1, 2], "2", 2), (two, [], "2", 2),
        (listed([["id": 2, "name": "Blog"]]), [], nil, 2),
        (listed([["id": 2, "name": "Blog"]]), nil, nil, 2), (two, nil, "1", 1),
        (two, [1], "01", 1),
        (
            [
                "/api/projects/?limit=100&offset=0": scoped,
                "/api/projects/@current/": .project(7, "Mine"),
            ], nil, nil, 7
        ),
    ]

    @Test(arguments: chosen.indices)
    func `is the one asked for, else the only one`(index: Int) async throws {
        let (answers, teams, asked, expected) = Self.chosen[index]
        #expect(try await Self.project(answers, teams: teams, asked: asked) == expected)
    }

    private static let shopAndBlog: [ProvisionError.ProjectCandidate] = [
        .init(id: "1", name: "Shop"), .init(id: "2", name: "Blog"),
    ]

    private static let refused: [([String: HTTPResponse], [Int64]?, String?, ProvisionError)] = [
        (
            two, [1, 2], nil,
            .projectDiscoveryFailed(reason: "the grant covers 2 projects", candidates: shopAndBlog)
        ),
        (
            two, [1, 2, 3], "4",
            .projectDiscoveryFailed(
                reason: "the grant does not cover project 4", candidates: shopAndBlog)
        ),
        (
            listed(bothListed), [], nil,
            .projectDiscoveryFailed(
                reason: "the credential covers 2 projects",
                candidates: [.init(id: "1", name: "Shop"), .init(id: "2", name: "Blog [2J")])
        ),
        (
            listed([]), nil, nil,
            .projectDiscoveryFailed(reason: "the credential covers no projects", candidates: [])
        ),
        (
            two, [1], "@current",
            .projectDiscoveryFailed(
                reason: "'@current' is not the number of a project", candidates: [])
        ),
        (
            two, [], "9",
            .projectDiscoveryFailed(
                reason: "PostHog has no project 9 for this credential", candidates: [])
        ),
        (
            ["/api/projects/?limit=100&offset=0": scoped], [], nil,
            .projectDiscoveryFailed(
                reason: "the credential is for single projects and does not say for which",
                candidates: [])
        ),
        (
            ["/api/projects/1/": .problem(401, "Invalid.")], [1, 2], nil,
            .unauthorized(provider: "posthog")
        ),
        (
            ["/api/projects/1/": .problem(500, "Oh."), "/api/projects/2/": .project(2, "Blog")],
            [1, 2], nil,
            .projectDiscoveryFailed(
                reason: "the grant covers 2 projects",
                candidates: [.init(id: "1", name: "project 1"), .init(id: "2", name: "Blog")])
        ),
    ]

    @Test(arguments: refused.indices)
    func `is never guessed`(index: Int) async throws {
        let (answers, teams, asked, expected) = Self.refused[index]
        await #expect(throws: expected) {
            try await Self.project(answers, teams: teams, asked: asked)
        }
    }

    @Test func `of a grant is not the one open in the browser`() async throws {
        try await SimulatedPostHog.run { posthog in
            let report = try await posthog.provision()
            #expect(report.details["projectId"] == "12345")
            #expect(!posthog.simulator.journal.contains { $0.path.contains("@current") })
        }
    }

    @Test func `is looked for on every page`() async throws {
        var switches = Switches()
        switches.projects = (1...101).map { .init(id: $0, name: "Project \($0)") }
        try await SimulatedPostHog.run(switches: switches, teams: []) { posthog in
            let error = await #expect(throws: ProvisionError.self) { try await posthog.plan() }
            guard case .projectDiscoveryFailed(_, let candidates)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(candidates.count == 101)
        }
    }

    @Test func `names of many are not all read`() async throws {
        let api = Self.client([:])
        let context = try ProvisionContext.fixture(api: api, teams: Array(1...50))
        await #expect(throws: ProvisionError.self) { try await PostHog().plan(context) }
        #expect(api.requests.count == 20)
    }
}
