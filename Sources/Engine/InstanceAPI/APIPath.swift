/// The paths that client and instance share; those of a provider are in ``ProviderRoutes``.
package enum APIPath {
    package static let health = "/v1/health"
    package static let credentials = "/v1/admin/provider-credentials"
    package static let events = "/v1/admin/events"
    package static let webhooks = "/v1/webhooks"

    package static func credential(_ provider: String) -> String {
        "\(credentials)/\(FormURLEncoding.escape(provider))"
    }

    package static func webhook(_ provider: ProviderID) -> String { "\(webhooks)/\(provider)" }
}
