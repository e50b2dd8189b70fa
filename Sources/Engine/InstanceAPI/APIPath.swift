/// The paths that client and instance share; those of a provider are in ``ProviderRoutes``.
package enum APIPath {
    package static let health = "/v1/health"
    package static let credentials = "/v1/admin/provider-credentials"
    package static let events = "/v1/admin/events"
    package static let webhooks = "/v1/webhooks"

    package static func credential(_ provider: String) -> String {
        "\(credentials)/\(FormURLEncoding.escape(provider))"
    }

    /// Where an instance says whether a provider's side still is as it should be.
    package static func drift(_ provider: ProviderID) -> String {
        "/v1/admin/providers/\(provider)/drift"
    }

    /// Where an instance tries whether a provider's deliveries arrive.
    package static func verify(_ provider: ProviderID) -> String {
        "/v1/admin/providers/\(provider)/verify"
    }

    /// Where an instance leaves a provider.
    package static func disconnect(_ provider: ProviderID) -> String {
        "/v1/admin/providers/\(provider)/disconnect"
    }

    package static func webhook(_ provider: ProviderID) -> String { "\(webhooks)/\(provider)" }
}
