package import Engine
import ProviderKit

/// Acme with any number of hooks, in a list of pages; who chooses their secrets is the service's
/// affair.
package struct HookAcme: Provider {
    package let id: ProviderID
    package let name = "Hook Acme"
    package let hosts = [ProviderHost("Hook Acme", "https://hooks.acme.example")]
    package let authentication = Authentication.authorizationCode(clientID: "hogsend-cli")
    package let scopes: [Scope] = ["hooks:write"]
    package let webhook: WebhookSource?
    package let webhookCollection: WebhookCollection? = WebhookCollection(
        "/v1/hooks", list: ["hooks"], next: .cursor(["after"], parameter: "after"),
        sent: ["hook"], answered: ["hook"], address: ["to"], secret: ["secret"],
        active: .init(["state"], on: "on", off: "off"), creation: ["events": ["*"]])

    package init(id: ProviderID = "hook-acme", givesSecrets: Bool) {
        self.id = id
        webhook = WebhookSource(
            verification: .hmacSHA256(header: "X-Acme-Code"), mintsSecret: !givesSecrets,
            id: ["id"], event: ["type"], userID: ["user", "id"], occurredAt: ["at"],
            properties: ["data"], personProperties: nil)
    }
}
