package import Engine
import ProviderKit

/// Acme for those who paste keys: two secrets and an id, one of them for deliveries.
///
/// Its API is Acme's, behind a key in a header of its own, and `GET /api/account` tells of the key.
package struct KeyedAcme: Provider {
    package static let signatureHeader = "X-Acme-Signature"
    package static let page = "https://keys.acme.example/keys"

    package let id: ProviderID = "keyed-acme"
    package let name = "Keyed Acme"
    package let hosts = [ProviderHost("Keyed Acme", "https://keys.acme.example")]
    package let authentication = Authentication.keys(
        [
            KeyField(
                "apiKey", label: "API key",
                rule: KeyRule(prefixes: ["ak_live_", "ak_test_"], .token, length: 12...80)),
            KeyField(
                "account", label: "account number", rule: KeyRule(.digits, length: 3...12),
                isSecret: false),
            KeyField(
                "signingKey", label: "signing key", rule: KeyRule(.hex, length: 32...32),
                verifiesDeliveries: true),
        ], use: .header("X-Acme-Key", prefix: "Key ", field: "apiKey"), page: KeyedAcme.page)
    package let webhook: WebhookSource? = WebhookSource(
        verification: .hmacSHA256(header: KeyedAcme.signatureHeader, prefix: "sha256="),
        id: ["id"], event: ["type"], userID: ["user", "id"], occurredAt: ["at"],
        properties: ["data"], personProperties: ["user", "traits"],
        replies: [WebhookReply(when: ["type"], is: "ping", answer: ["pong": true])])
    package let features = [Feature("workspace lists", needs: ["workspaces:read"])]

    package init() {}

    package func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    {
        ProviderConfiguration(
            host: environment["KEYED_ACME_HOST"].flatMap { URL(string: $0) },
            personalKey: environment["KEYED_ACME_API_KEY"].map { Secret($0) },
            webhookSecret: environment["KEYED_ACME_SIGNING_KEY"].map { Secret($0) },
            webhookSecretVariable: "KEYED_ACME_SIGNING_KEY")
    }

    /// Keeps the plan and the mode that the key's beginning tells.
    package func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport {
        let account = keys.values["account"] ?? ""
        guard let url = keys.host.appending(rawPath: "/api/account/\(account)") else {
            throw .unexpectedAnswer(step: "GET /api/account", status: nil, detail: nil)
        }
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try await keys.api.send(HTTPRequest("GET", url))
        } catch {
            throw .unexpectedAnswer(
                step: "GET /api/account", status: nil, detail: error.description)
        }
        switch response.status {
        case 200: break
        case 401: throw .unauthorized(provider: id)
        case 403: throw .missingScope("account:read", provider: id)
        default:
            throw .unexpectedAnswer(
                step: "GET /api/account", status: response.status,
                detail: String(decoding: response.body, as: UTF8.self))
        }
        let document = JSONValue(decoding: response.body)
        return KeyReport(fields: [
            "plan": document?["plan"] ?? .null, "echo": document?["echo"] ?? .null,
            "mode": keys.prefixes["apiKey"] == "ak_test_" ? "test" : "live",
        ])
    }

    package func adminRoutes(_ access: ProviderAccess) -> [AdminRoute] {
        [
            AdminRoute("GET", "whoami") { _ throws(AdminRefusal) in
                let service: ServiceAccess
                do throws(NoAccess) {
                    service = try await access.service()
                } catch {
                    throw AdminRefusal(409, error.rawValue, "there is no way to the service")
                }
                return [
                    "source": .string(service.credential.rawValue),
                    "fields": .object(service.grant?.fields ?? [:]),
                    "scopes": .integer(Int64(service.grant?.scopes.count ?? -1)),
                ]
            }
        ]
    }

    package func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        try await Acme().plan(context)
    }

    package func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { try await Acme().apply(plan, context) }

    package func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    { try await Acme().undo(values, rehearsing: rehearsing, context) }

    package func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending? {
        try await Acme().trial(context)
    }

    package func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    { try await Acme().remove(removal, context) }
}
