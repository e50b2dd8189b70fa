import Engine
import PostHogProvider
import ProviderKit
import Testing

@Suite("What PostHog refuses")
struct RefusalTests {
    private static let page = HTTPResponse(
        status: 200, headers: ["Content-Type": "text/html"], body: Data("<html>".utf8))
    private static let notFound = HTTPResponse.problem(404, "Not found.", code: "not_found")

    private static func unsupported(_ reason: String) -> ProvisionError {
        .unsupportedInstance(host: "https://eu.posthog.com", reason: reason)
    }

    private static let onProject: [(HTTPResponse, ProvisionError)] = [
        (.problem(401, "Access token has expired."), .unauthorized(provider: "posthog")),
        (
            .problem(403, "API key missing required scope 'project:read'"),
            .missingScope("project:read", provider: "posthog")
        ),
        (
            .problem(403, "API key missing required scope 'a b'"),
            .missingScope(nil, provider: "posthog")
        ),
        (
            .problem(403, "OAuth token has no scopes and cannot access this resource"),
            .missingScope(nil, provider: "posthog")
        ),
        (
            .problem(403, "API key does not have access to the requested project: ID 12345."),
            .projectDiscoveryFailed(
                reason: "the credential does not cover project 12345", candidates: [])
        ),
        (
            .problem(
                403, "Organization 'Ada' does not allow using personal API keys. Ask\u{1B}[1m"),
            .unexpectedAnswer(
                step: "reading project 12345", status: 403,
                detail: "Organization 'Ada' does not allow using personal API keys. Ask [1m")
        ),
        (
            HTTPResponse(status: 403, body: Data("<html>blocked</html>".utf8)),
            .unexpectedAnswer(step: "reading project 12345", status: 403, detail: nil)
        ),
        (
            notFound,
            .projectDiscoveryFailed(
                reason: "PostHog has no project 12345 for this credential", candidates: [])
        ),
        (HTTPResponse(status: 404), unsupported("it does not have PostHog's API")),
        (page, unsupported("it answers an API call with something else than a JSON object")),
        (
            HTTPResponse(status: 302, headers: ["Location": "/login"]),
            unsupported("it answers an API call with a redirect")
        ),
        (
            .problem(503, "Try later."),
            .unexpectedAnswer(
                step: "reading project 12345", status: 503, detail: "Try later.")
        ),
        (
            HTTPResponse(status: 502, body: Data("<html>".utf8)),
            .unexpectedAnswer(step: "reading project 12345", status: 502, detail: nil)
        ),
    ]

    @Test(arguments: onProject.indices)
    func `is told apart by status and words`(index: Int) async throws {
        let (answer, expected) = Self.onProject[index]
        let context = try ProvisionContext.fixture(api: ScriptedHTTPClient(answer))
        await #expect(throws: expected) { try await PostHog().plan(context) }
    }

    @Test func `tells how long to wait`() async throws {
        var answer = HTTPResponse.problem(429, "Request was throttled.")
        answer.headers["Retry-After"] = "17"
        let context = try ProvisionContext.fixture(api: ScriptedHTTPClient(answer))
        let error = await #expect(throws: ProvisionError.self) {
            try await PostHog().plan(context)
        }
        #expect(
            error?.description
                == "reading project 12345 got status 429, in the service's words: "
                + "\"Request was throttled. Retry-After: 17 seconds\"")
    }

    @Test func `is a network that fails, too`() async throws {
        let api = ScriptedHTTPClient([
            .failure(.unreachable(host: "eu.posthog.com", reason: "no route"))
        ])
        let context = try ProvisionContext.fixture(api: api)
        let error = await #expect(throws: ProvisionError.self) {
            try await PostHog().plan(context)
        }
        #expect(error?.code == "api-error")
        #expect(
            error?.description
                == "reading project 12345 got no usable answer: "
                + "no connection to 'eu.posthog.com': no route")
    }

    private static let onList: [(HTTPResponse, ProvisionError)] = [
        (notFound, unsupported("it has no destinations of the kind that can be set up")),
        (page, unsupported("it answers an API call with something else than a JSON object")),
        (.json(200, ["items": []]), unsupported("its lists are not those of PostHog's API")),
        (
            .problem(403, "API key missing required scope 'hog_function:read'"),
            .missingScope("hog_function:read", provider: "posthog")
        ),
        (
            .problem(500, "A server error occurred."),
            .unexpectedAnswer(
                step: "listing the destinations", status: 500,
                detail: "A server error occurred.")
        ),
    ]

    @Test(arguments: onList.indices)
    func `of the list tells an older server from a lack of scope`(index: Int) async throws {
        let (answer, expected) = Self.onList[index]
        let context = try ProvisionContext.fixture(api: ScriptedHTTPClient(.project, answer))
        await #expect(throws: expected) { try await PostHog().plan(context) }
    }

    private static let onCreation: [(HTTPResponse, ProvisionError)] = [
        (
            .problem(400, "No template found for id 'x'", attribute: "template_id"),
            unsupported("it has no webhook template")
        ),
        (
            .problem(400, "The addon is required for this template.", attribute: "template_id"),
            .unexpectedAnswer(
                step: "creating the destination", status: 400,
                detail: "template_id: The addon is required for this template.")
        ),
        (
            .problem(400, "Bad value \(ProvisionContext.secret)", attribute: "inputs__headers"),
            .unexpectedAnswer(
                step: "creating the destination", status: 400,
                detail: "inputs__headers: Bad value [redacted]")
        ),
        (
            .json(201, ["ok": true]),
            .unexpectedAnswer(
                step: "creating the destination", status: nil,
                detail: "the answer is not a destination")
        ),
        (
            .json(201, ["id": "a", "enabled": true, "inputs": [:], "inputs_schema": []]),
            .unexpectedAnswer(
                step: "writing the destination", status: nil,
                detail: "PostHog did not keep the field 'url'")
        ),
    ]

    @Test(arguments: onCreation.indices)
    func `of a write is reported without the secret`(index: Int) async throws {
        let (answer, expected) = Self.onCreation[index]
        let api = ScriptedHTTPClient(.project, .page([]), .project, answer)
        let context = try ProvisionContext.fixture(api: api)
        let plan = try await PostHog().plan(context)
        await #expect(throws: expected) { try await PostHog().apply(plan, context) }
        #expect(api.writes.count == 1)
    }

    @Test(arguments: ["a{event}b", "a}", "a\\b"])
    func `as code is not sent to it as a secret`(secret: String) async throws {
        let api = ScriptedHTTPClient()
        let context = try ProvisionContext.fixture(api: api, secret: secret)
        let error = await #expect(throws: ProvisionError.self) {
            try await PostHog().plan(context)
        }
        #expect(error.map { !"\($0)".contains(secret) } == true)
        #expect(api.requests.isEmpty)
    }
}
