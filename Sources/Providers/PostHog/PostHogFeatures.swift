import Engine

extension PostHog {
    static let allScopes: [Scope] = [
        "person:read", "person:write", "project:read", "organization:read", "hog_function:read",
        "hog_function:write", "feature_flag:read", "cohort:read", "cohort:write", "query:read",
        "insight:read", "event_definition:read", "property_definition:read",
    ]

    /// What works with which scopes (<https://posthog.com/docs/api/scopes>).
    ///
    /// The other scopes are asked for ahead of features to come.
    static let allFeatures = [
        Feature(
            "the webhook destination",
            needs: ["project:read", "hog_function:read", "hog_function:write"]),
        Feature("person reads", needs: ["person:read"]),
        Feature("capture without POSTHOG_API_KEY", needs: ["project:read"]),
    ]

    /// The way around OAuth, for servers that have none: the key's scopes are those of the features
    /// and no others.
    static let personalKeyHint: String = {
        let needed = Set(allFeatures.flatMap(\.scopes))
        let scopes = allScopes.filter { needed.contains($0) }.map(\.rawValue)
        return """
            make a personal API key with the scopes \(scopes.joined(separator: " ")) in PostHog's \
            settings, set POSTHOG_PERSONAL_API_KEY to it and POSTHOG_PRIVATE_HOST to this address \
            on the instance, restart it, and run `hogsend connect posthog --provision-only`
            """
    }()
}
