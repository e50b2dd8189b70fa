/// What a client must know before it connects a provider.
package struct ConnectInfo: Sendable, Equatable {
    package let providerID: String?
    package let privateHost: String?
    package let grantHost: String?
    package let apiPublicURL: String?
    package let webhookSecretConfigured: Bool
    package let scopeGap: [String]
    /// What does not work for want of a scope, in words for people.
    package let missingFeatures: [String]
    /// Members that only this provider's answer has.
    package let details: [String: JSONValue]

    package init(
        providerID: ProviderID, privateHost: URL?, grantHost: URL?, apiPublicURL: URL,
        webhookSecretConfigured: Bool, scopeGap: [Scope], missingFeatures: [Feature] = [],
        details: [String: JSONValue]
    ) {
        self.providerID = providerID.rawValue
        self.privateHost = privateHost?.withoutTrailingSlash
        self.grantHost = grantHost?.withoutTrailingSlash
        self.apiPublicURL = apiPublicURL.withoutTrailingSlash
        self.webhookSecretConfigured = webhookSecretConfigured
        self.scopeGap = scopeGap.map(\.rawValue)
        self.missingFeatures = missingFeatures.map(\.name)
        self.details = details
    }

    /// Reads an answer, also one of the earlier implementation, which knows no `grantHost` and no
    /// `missingFeatures`.
    package init?(_ json: JSONValue) {
        guard var members = json.object else { return nil }
        providerID = members.removeValue(forKey: "providerId")?.string
        privateHost = members.removeValue(forKey: "privateHost")?.string
        grantHost = members.removeValue(forKey: "grantHost")?.string
        apiPublicURL = members.removeValue(forKey: "apiPublicUrl")?.string
        webhookSecretConfigured =
            members.removeValue(forKey: "webhookSecretConfigured")?.bool ?? false
        scopeGap = members.removeValue(forKey: "scopeGap")?.array?.compactMap(\.string) ?? []
        missingFeatures =
            members.removeValue(forKey: "missingFeatures")?.array?.compactMap(\.string) ?? []
        details = members
    }

    package var json: JSONValue {
        var members = details
        members["providerId"] = providerID.map { .string($0) } ?? .null
        members["privateHost"] = privateHost.map { .string($0) } ?? .null
        members["grantHost"] = grantHost.map { .string($0) } ?? .null
        members["apiPublicUrl"] = apiPublicURL.map { .string($0) } ?? .null
        members["webhookSecretConfigured"] = .bool(webhookSecretConfigured)
        members["scopeGap"] = .array(scopeGap.map { .string($0) })
        members["missingFeatures"] = .array(missingFeatures.map { .string($0) })
        return .object(members)
    }

    /// What does not work, as the instance says; one of the earlier implementation knows scopes
    /// alone.
    package func missingFeatures(of provider: any Provider) -> [String] {
        missingFeatures.isEmpty
            ? provider.features(lacking: scopeGap.map { Scope(rawValue: $0) }).map(\.name)
            : missingFeatures.map { $0.sanitized(limit: 80) }
    }

    /// That the instance's environment gives another value than the pasted one that would verify
    /// deliveries, and the remedy; nil where it does not.
    package func overruling(
        of provider: any Provider
    ) -> (sentence: String, hint: String)? {
        guard details["pastedSecretOverruled"] == true,
            let field = provider.authentication.deliveryField
        else { return nil }
        let variable =
            details["webhookSecretVariable"]?.string?.sanitized(limit: 80)
            ?? "the webhook secret in the environment"
        return (
            "\(variable) of the instance is another value than the pasted \(field.label), and deliveries are verified with the former",
            "unset \(variable), or set it to the pasted value"
        )
    }

    /// Whether nothing outside the instance's own machine can deliver to it.
    package var isPublicURLLoopback: Bool {
        apiPublicURL.flatMap(URL.init(string:))?.isLoopback ?? false
    }
}
