/// Whether a provider's webhook secret can be replaced by the instance at all.
struct SecretRotation: Sendable {
    /// For how long what a service has under way may still carry the earlier secret.
    static let defaultGrace = Duration.seconds(600)

    let provider: any Provider
    let configuration: ProviderConfiguration

    /// Throws the refusal.
    func check() throws(APIError) {
        guard provider.mintingSource != nil else { throw Self.notOurs }
        guard configuration.webhookSecret == nil else { throw fixed }
    }

    private static let notOurs = APIError(
        409, "webhook_secret_not_minted",
        detail: "the instance has not chosen this provider's webhook secret",
        remediation: "replace the secret at the service, and provision again")

    private var fixed: APIError {
        let name = configuration.webhookSecretVariable
        let place = name.map { "\($0) and the old one to \($0)_PREVIOUS" }
        return APIError(
            409, "webhook_secret_in_environment",
            detail: "the instance's environment says which webhook secret counts",
            remediation:
                "set \(place ?? "the new secret there, and the old one as the previous one"), restart the instance, and run `hogsend connect \(provider.id) --provision-only`"
        )
    }
}

extension Provider {
    /// The source whose secret the instance chooses; nil where the service, or a pasted value, says it.
    package var mintingSource: WebhookSource? {
        guard let webhook, webhook.mintsSecret, authentication.deliveryField == nil else {
            return nil
        }
        return webhook
    }
}
