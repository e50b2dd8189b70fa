import Engine
import PostHogProvider
import ProviderKit

/// A way to a scripted PostHog, with a clock that stands and a credential that a test may change.
struct PersonDesk: Sendable {
    static let project = "/api/projects/12345/persons/"

    let client: ScriptedHTTPClient
    let clock = Locked(Date(timeIntervalSince1970: 1_790_000_000))
    /// The credential in force; a failure for none.
    let service = Locked<Result<ServiceAccess, NoAccess>>(.failure(.noCredential))
    let derived = Locked<[String: String]>([:])
    /// The scopes that were reported missing, or there.
    let reports = Locked<[String]>([])

    init(_ client: ScriptedHTTPClient) throws {
        self.client = client
        try connect()
    }

    init(_ answers: HTTPResponse...) throws {
        try self.init(ScriptedHTTPClient(answers.map { .success($0) }))
    }

    /// A grant for these projects; nil for a pasted key.
    func connect(
        teams: [Int64]? = [12_345], host: String = "https://eu.posthog.com",
        project: String? = nil, api: (any HTTPClient)? = nil
    ) throws {
        let context = try ProvisionContext.fixture(
            api: api ?? client, host: host, teams: teams, project: project)
        let access = ServiceAccess(
            api: context.api, host: context.host, grant: context.grant, project: project)
        service.withLock { $0 = .success(access) }
    }

    var access: ProviderAccess {
        let (service, derived, reports) = (service, derived, reports)
        return ProviderAccess(
            configuration: ProviderConfiguration(), client: client,
            derived: { name in derived.withLock { $0[name] }.map { Secret($0) } },
            noting: { scope, isMissing in
                reports.withLock { $0.append("\(isMissing ? "-" : "+")\(scope.rawValue)") }
            },
            service: { () async throws(NoAccess) in try service.withLock { $0 }.get() })
    }

    func reads(_ change: (inout PersonReadLimits) -> Void = { _ in }) -> PersonReads {
        var limits = PersonReadLimits()
        change(&limits)
        let clock = clock
        return PersonReads(access, limits: limits, now: { clock.withLock { $0 } })
    }

    func pass(_ seconds: Double) { clock.withLock { $0 = $0.addingTimeInterval(seconds) } }

    var lines: [String] { client.lines }
}

extension HTTPResponse {
    static func persons(_ rows: JSONValue...) -> HTTPResponse {
        .json(["next": nil, "previous": nil, "results": .array(rows)])
    }

    static func person(
        _ id: String, _ properties: [String: JSONValue] = ["plan": "pro"]
    ) -> HTTPResponse {
        .persons(.person(id, properties))
    }
}

extension JSONValue {
    static func person(_ ids: String..., properties: [String: JSONValue]) -> JSONValue {
        [
            "id": 1, "uuid": "0190-u", "name": "Ada", "created_at": "2026-01-01T00:00:00Z",
            "distinct_ids": .array(ids.map { .string($0) }), "properties": .object(properties),
        ]
    }

    static func person(_ id: String, _ properties: [String: JSONValue]) -> JSONValue {
        person(id, properties: properties)
    }
}
