import Engine

/// What can be said of one provider on an instance.
struct ProviderExamination {
    let provider: any Provider
    let info: ConnectInfo
    let credential: CredentialSummary?

    func findings() -> [Finding] {
        [storage, expiry, scopes, region, delivery, webhook].compactMap { $0 }
    }

    private func finding(
        _ id: String, good: Bool = false, _ text: String, hint: String? = nil
    ) -> Finding {
        Finding("\(provider.id).\(id)", good: good, text, hint: hint)
    }

    private var connectAgain: String { "run `hogsend connect \(provider.id)`" }

    private var storage: Finding {
        guard let credential else {
            guard info.details["personalKeyConfigured"] != true else {
                return finding(
                    "credential", good: true, "no credential is stored; the pasted key is used")
            }
            return finding(
                "credential", "no credential is stored, so reads from \(provider.name) are off",
                hint: connectAgain)
        }
        guard credential.opened != nil else {
            return finding(
                "credential", "a credential is stored that the instance cannot open",
                hint:
                    "put the earlier secret in BETTER_AUTH_SECRET_PREVIOUS, or delete it and connect again"
            )
        }
        return finding("credential", good: true, "a credential is stored")
    }

    private var expiry: Finding? {
        guard let opened = credential?.opened else { return nil }
        guard let text = opened.expiresAt, let end = Date(iso8601: text) else {
            return finding("expiry", good: true, "the access token names no end")
        }
        return end > Date()
            ? finding("expiry", good: true, "the access token lives until \(end.iso8601)")
            : finding("expiry", "the access token ended at \(end.iso8601)", hint: connectAgain)
    }

    private var scopes: Finding? {
        guard credential?.opened != nil else { return nil }
        guard !info.scopeGap.isEmpty else {
            return finding("scopes", good: true, "every expected scope is granted")
        }
        let gap = info.scopeGap.map { $0.sanitized(limit: 80) }.joined(separator: " ")
        return finding("scopes", "the grant lacks \(gap)", hint: connectAgain)
    }

    private var region: Finding? {
        guard let granted = info.grantHost.flatMap({ URL(address: $0) }) else { return nil }
        guard let configured = info.privateHost.flatMap({ URL(address: $0) }),
            configured.origin != granted.origin
        else {
            return finding("region", good: true, "the grant is for \(granted.withoutTrailingSlash)")
        }
        return finding(
            "region",
            "the grant is for \(granted.withoutTrailingSlash), the environment names \(configured.withoutTrailingSlash)",
            hint: "set the environment's host to the grant's, or connect again")
    }

    private var delivery: Finding? {
        guard provider.webhook != nil else { return nil }
        let address = info.apiPublicURL?.sanitized() ?? "unknown"
        return info.isPublicURLLoopback
            ? finding(
                "delivery", "API_PUBLIC_URL is \(address), which \(provider.name) cannot reach",
                hint: "set API_PUBLIC_URL to the instance's public address")
            : finding("delivery", good: true, "deliveries go to \(address)")
    }

    private var webhook: Finding? {
        guard provider.webhook != nil else { return nil }
        guard info.details["webhookSecretReadable"] != false else {
            return finding(
                "webhook",
                "a webhook secret is stored that the instance cannot open, so deliveries are put off",
                hint:
                    "put the earlier secret in BETTER_AUTH_SECRET_PREVIOUS, or delete the credential and connect again"
            )
        }
        return info.webhookSecretConfigured
            ? finding("webhook", good: true, "a webhook secret is there")
            : finding(
                "webhook", "there is no webhook secret, so every delivery is refused",
                hint: credential == nil
                    ? connectAgain
                    : "run `hogsend connect \(provider.id) --provision-only`, or set the secret on the instance"
            )
    }
}
