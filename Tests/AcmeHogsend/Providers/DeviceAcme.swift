package import Engine
import ProviderKit

/// Acme for those who type a code on another device.
package struct DeviceAcme: Provider {
    package let id: ProviderID = "device-acme"
    package let name = "Device Acme"
    package let hosts = [ProviderHost("Device Acme", "https://device.acme.example")]
    package var authentication = Authentication.deviceCode(clientID: "hogsend-cli")
    package let scopes: [Scope] = ["workspaces:read", "hooks:write"]
    package let grantFields = [
        GrantField("workspace", as: "workspace", fallback: nil, isInSummary: true)
    ]
    package var endpointHosts: [String] = []
    package var authorizationParameters: [String: String] = [:]
    package let unsupportedHint: String? = "ask Acme for its device grant"
    package let webhook: WebhookSource? = WebhookSource(
        secretHeader: "X-Acme-Secret", id: ["id"], event: ["type"], userID: ["user", "id"],
        occurredAt: ["at"], properties: ["data"], personProperties: ["user", "traits"])

    package init() {}

    /// The token answer may say where the API is.
    package func grantHost(authorizedAt host: URL, members: [String: JSONValue]) -> URL {
        members["api"]?.string.flatMap { URL(address: $0) } ?? host
    }

    package func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        try await Acme().plan(context)
    }

    package func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { try await Acme().apply(plan, context) }

    package func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending? {
        try await Acme().trial(context)
    }

    package func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    { try await Acme().remove(removal, context) }
}
