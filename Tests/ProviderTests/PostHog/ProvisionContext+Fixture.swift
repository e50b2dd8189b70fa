import Engine
import ProviderKit

extension ProvisionContext {
    static let webhook = "https://hogsend.example/v1/webhooks/posthog"
    static let secret = "0123456789abcdef"

    /// A grant for project 12345 unless told otherwise; without `teams` a pasted key.
    static func fixture(
        api: any HTTPClient, host: String = "https://eu.posthog.com", teams: [Int64]? = [12_345],
        organizations: [String] = [], project: String? = nil, webhook: String = webhook,
        secret: String? = secret
    ) throws -> ProvisionContext {
        let host = try url(host)
        let grant = teams.map { teams in
            GrantSummary(
                scopes: [],
                fields: [
                    "scopedTeams": .array(teams.map { .integer($0) }),
                    "scopedOrganizations": .array(organizations.map { .string($0) }),
                ], host: host)
        }
        return ProvisionContext(
            api: api, host: host, grant: grant, project: project, webhookURL: try url(webhook),
            webhookSecret: secret.map { Secret($0) })
    }

    private static func url(_ text: String) throws -> URL {
        guard let url = URL(address: text) else { throw NoAddress() }
        return url
    }

    private struct NoAddress: Error {}
}

extension HTTPResponse {
    /// The answer of project 12345, secrets included.
    static let project = project(12_345, "Shop")

    static func project(_ id: Int64, _ name: String) -> HTTPResponse {
        .json(
            200,
            [
                "id": .integer(id), "name": .string(name), "api_token": .string("phc_\(id)"),
                "secret_api_token": "phs_never_shown",
            ])
    }

    static func page(_ rows: [JSONValue], count: Int? = nil) -> HTTPResponse {
        .json(
            200,
            [
                "count": .integer(Int64(count ?? rows.count)), "next": nil, "previous": nil,
                "results": .array(rows),
            ])
    }

    static func problem(
        _ status: Int, _ detail: String, code: String = "error", attribute: String? = nil
    ) -> HTTPResponse {
        .json(
            status,
            [
                "type": "error", "code": .string(code), "detail": .string(detail),
                "attr": attribute.map { .string($0) } ?? .null,
            ])
    }
}
