import Engine

/// What can be said of one provider on an instance.
struct ProviderExamination {
    let provider: any Provider
    let info: ConnectInfo
    let credential: CredentialSummary?
    /// By how much the instance's clock is ahead of the provider's; nil when it is not known.
    let clockSkew: Duration?

    func findings() -> [Finding] {
        [storage, expiry, clock, scopes, region, delivery, webhook].compactMap { $0 }
    }

    private func finding(
        _ id: String, good: Bool = false, _ text: String, hint: String? = nil
    ) -> Finding {
        Finding("\(provider.id).\(id)", good: good, text, hint: hint)
    }

    /// Whether the stored credential is keys that a user pasted.
    private var isPasted: Bool { credential?.kind == "api_key" }

    private var connectAgain: String { "run `hogsend connect \(provider.id)`" }

    private var storage: Finding {
        guard let credential else { return storageWithoutGrant }
        guard credential.opened != nil else {
            return finding(
                "credential", "a credential is stored that the instance cannot open",
                hint:
                    "put the earlier secret in BETTER_AUTH_SECRET_PREVIOUS, or delete it and connect again"
            )
        }
        return finding(
            "credential", good: true,
            isPasted
                ? "a pasted key is stored; it is used until another one is"
                : "a credential is stored")
    }

    private var storageWithoutGrant: Finding {
        guard info.details["personalKeyConfigured"] == true else {
            let off = provider.features.map(\.name).joined(separator: ", ")
            return finding(
                "credential",
                off.isEmpty
                    ? "no credential is stored, so nothing can be set up at \(provider.name)"
                    : "no credential is stored, so these are off: \(off)", hint: connectAgain)
        }
        guard info.privateHost != nil else {
            return finding(
                "credential",
                "a key is pasted, but nothing says which \(provider.name) it is for",
                hint: "set the host on the instance, or \(connectAgain)")
        }
        return finding("credential", good: true, "no credential is stored; the pasted key is used")
    }

    private var expiry: Finding? {
        guard let credential, let opened = credential.opened, !isPasted else { return nil }
        let reason = credential.text("reason").map { ": \($0)" } ?? ""
        let next = credential.text("nextAttemptAt").map { "; tried again at \($0)" } ?? ""
        switch credential.text("status") {
        case "needs_reconnect":
            return finding("expiry", "the grant cannot be refreshed\(reason)", hint: connectAgain)
        case "expiring" where !reason.isEmpty:
            return finding(
                "expiry", "the access token could not be refreshed\(reason)\(next)",
                hint: "run `hogsend credentials refresh \(provider.id)`")
        default: break
        }
        guard let text = opened.expiresAt, let end = Date(iso8601: text) else {
            return finding("expiry", good: true, "the access token names no end")
        }
        // An instance that does not refresh says nothing of it.
        guard end > Date() || credential.text("status") != nil else {
            return finding("expiry", "the access token ended at \(end.iso8601)", hint: connectAgain)
        }
        return finding(
            "expiry", good: true, "the access token is kept alive, now until \(end.iso8601)")
    }

    private var clock: Finding? {
        guard let clockSkew else { return nil }
        let seconds = abs(Int(clockSkew.components.seconds))
        guard seconds >= Self.largestSkew else {
            return finding(
                "clock", good: true, "the instance's clock agrees with \(provider.name)'s")
        }
        return finding(
            "clock",
            "the instance's clock is \(seconds) s \(clockSkew > .zero ? "ahead of" : "behind") \(provider.name)'s",
            hint: "set the clock of the instance's machine, so that tokens are renewed in time")
    }

    /// Less than the shortest margin in which tokens are renewed; a Date header has whole seconds.
    private static let largestSkew = 10

    private var scopes: Finding? {
        guard credential?.opened != nil, !isPasted else { return scopesOfKey }
        guard !info.scopeGap.isEmpty else {
            return finding("scopes", good: true, "every expected scope is granted")
        }
        let gap = info.scopeGap.map { $0.sanitized(limit: 80) }.joined(separator: " ")
        let off = info.missingFeatures(of: provider)
        return finding(
            "scopes", "the grant lacks \(gap)\(provider.consequence(ofMissing: off))",
            hint: connectAgain)
    }

    /// Nobody can ask what a pasted key allows; a refusal tells.
    private var scopesOfKey: Finding? {
        let off = info.missingFeatures(of: provider).joined(separator: " and ")
        guard credential == nil || isPasted, !off.isEmpty else { return nil }
        let needed = provider.featureScopes.map(\.rawValue).joined(separator: " ")
        return finding(
            "scopes", "\(provider.name) refuses the pasted key a scope, so \(off) will not work",
            hint: "give the key these scopes: \(needed)")
    }

    private var region: Finding? {
        let what = isPasted ? "key" : "grant"
        guard let granted = info.grantHost.flatMap({ URL(address: $0) }) else { return nil }
        guard let configured = info.privateHost.flatMap({ URL(address: $0) }),
            provider.grantHost(authorizedAt: configured, members: [:]).origin != granted.origin
        else {
            return finding(
                "region", good: true, "the \(what) is for \(granted.withoutTrailingSlash)")
        }
        return finding(
            "region",
            "the \(what) is for \(granted.withoutTrailingSlash), the environment names \(configured.withoutTrailingSlash)",
            hint: "set the environment's host to the \(what)'s, or connect again")
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
        guard info.details["webhookRotation"] == nil else {
            return finding(
                "webhook",
                "a new webhook secret was made and \(provider.name) may not have it, so the earlier one counts without an end",
                hint: "run `hogsend connect \(provider.id) --provision-only`")
        }
        guard info.details["unsignedSince"] == nil else { return unsigned }
        if let overruling = info.overruling(of: provider) {
            return finding("webhook", overruling.sentence, hint: overruling.hint)
        }
        return info.webhookSecretConfigured
            ? finding("webhook", good: true, secretInUse)
            : finding(
                "webhook", "there is no webhook secret, so every delivery is refused",
                hint: credential == nil
                    ? connectAgain
                    : "run `hogsend connect \(provider.id) --provision-only`, or set the secret on the instance"
            )
    }
}

extension ProviderExamination {
    private var secretInUse: String {
        let end = info.details["previousSecretUntil"]?.string.map {
            "; the earlier one counts until \($0.sanitized(limit: 40))"
        }
        let protection: String? =
            switch info.details["protectedBy"] {
            case "signature": ", and deliveries must be signed as well"
            case "secret_header": ", and the header that carries it protects the loop alone"
            default: nil
            }
        return "a webhook secret is there" + (protection ?? "") + (end ?? "")
    }

    private var unsigned: Finding {
        let since = info.details["unsignedSince"]?.string?.sanitized(limit: 40) ?? ""
        return Finding(
            "\(provider.id).webhook", good: false,
            "since \(since) deliveries with the right secret are refused, for they are not signed as they were",
            hint:
                "run `hogsend connect \(provider.id) --rotate-secret`, after which the secret alone counts until one is signed"
        )
    }
}

extension CredentialSummary {
    /// One of the texts that the instance says beside the contract's members.
    fileprivate func text(_ member: String) -> String? {
        fields[member]?.string.map { $0.sanitized(limit: 300) }
    }
}
