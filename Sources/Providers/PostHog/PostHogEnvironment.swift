import Engine

/// What the variables `POSTHOG_…` say; no error repeats a value.
struct PostHogEnvironment {
    /// The project's public key, among the settings that only this provider knows.
    static let projectKey = "projectKey"
    /// Where the environment says that events go.
    static let captureHost = "captureHost"

    /// What of the environment is read.
    static let variables = [
        ProviderVariable("POSTHOG_HOST", "where events are sent; the private API follows from it"),
        ProviderVariable("POSTHOG_PRIVATE_HOST", "the private API, such as https://eu.posthog.com"),
        ProviderVariable("POSTHOG_API_KEY", "the project's public key, for capture"),
        ProviderVariable("POSTHOG_PROJECT_ID", "the project, where a grant covers several"),
        ProviderVariable(
            "POSTHOG_PERSONAL_API_KEY", "a key to use where there is no grant", isSecret: true),
        ProviderVariable(
            "POSTHOG_WEBHOOK_SECRET", "what deliveries carry, instead of a minted secret",
            isSecret: true),
        ProviderVariable(
            "POSTHOG_WEBHOOK_SECRET_PREVIOUS", "an earlier one that deliveries may still carry",
            isSecret: true),
    ]

    private let environment: Environment

    init(_ environment: Environment) { self.environment = environment }

    func configuration() throws(ConfigurationError) -> ProviderConfiguration {
        let project = try project()
        return ProviderConfiguration(
            host: try privateHost(),
            personalKey: try environment.header("POSTHOG_PERSONAL_API_KEY"),
            webhookSecret: try webhookSecret(), webhookSecretVariable: "POSTHOG_WEBHOOK_SECRET",
            previousWebhookSecret: try environment.header("POSTHOG_WEBHOOK_SECRET_PREVIOUS"),
            project: project,
            connectInfo: [
                "analyticsConfigured": .bool(isSet("POSTHOG_API_KEY")),
                "hostExplicit": .bool(isSet("POSTHOG_PRIVATE_HOST") || isSet("POSTHOG_HOST")),
                "projectIdHint": project.map { .string($0) } ?? .null,
                "personalKeyConfigured": .bool(isSet("POSTHOG_PERSONAL_API_KEY")),
            ], settings: settings)
    }

    /// What capture uses; an address that cannot be used is refused elsewhere, where it counts.
    private var settings: [String: Secret] {
        let host = try? address("POSTHOG_HOST")
        var settings: [String: Secret] = [:]
        settings[Self.projectKey] = environment["POSTHOG_API_KEY"].map { Secret($0) }
        settings[Self.captureHost] = host.map { Secret($0.withoutTrailingSlash) }
        return settings
    }

    private func isSet(_ name: String) -> Bool { environment[name] != nil }

    /// The private API: as it is named, else derived from where events go, else US Cloud, which
    /// is where PostHog's own libraries send events without a host.
    private func privateHost() throws(ConfigurationError) -> URL? {
        if let host = try address("POSTHOG_PRIVATE_HOST") {
            return URL(string: host.withoutTrailingSlash)
        }
        if let host = try address("POSTHOG_HOST") { return PostHogHost.resolve(host).url }
        return isSet("POSTHOG_API_KEY") ? URL(string: "https://us.posthog.com") : nil
    }

    private func address(_ name: String) throws(ConfigurationError) -> URL? {
        guard let text = environment[name] else { return nil }
        guard let url = URL(address: text) else {
            throw ConfigurationError(
                "\(name) is not an http or https address without user, query and fragment",
                hint: "set it to an address such as https://eu.posthog.com")
        }
        guard !url.isInsecure else {
            throw ConfigurationError(
                "\(name) is plain http to another machine, which would show tokens to the network",
                hint: "set it to an https address")
        }
        return url
    }

    private func project() throws(ConfigurationError) -> String? {
        guard let text = environment["POSTHOG_PROJECT_ID"] else { return nil }
        guard PostHogProject.number(text) != nil else {
            throw ConfigurationError(
                "POSTHOG_PROJECT_ID is not a number",
                hint: "set it to the number in the address of the project's page in PostHog")
        }
        return text
    }

    private func webhookSecret() throws(ConfigurationError) -> Secret? {
        guard let secret = try environment.header("POSTHOG_WEBHOOK_SECRET") else { return nil }
        guard DesiredDestination.isPlain(secret.reveal()) else {
            throw ConfigurationError(
                "POSTHOG_WEBHOOK_SECRET holds a brace or a backslash, which PostHog reads as code",
                hint: "set it to letters and digits, as `openssl rand -hex 32` prints them")
        }
        return secret
    }
}
