/// What an instance's environment says about a provider.
public struct ProviderConfiguration: Sendable {
    /// The address of the service's private API, when the environment gives or implies one.
    public var host: URL?
    /// A key that the operator pasted, used when there is no stored grant.
    public var personalKey: Secret?
    /// The secret that deliveries carry; without it one is minted.
    public var webhookSecret: Secret?
    /// The name of the variable that gives ``webhookSecret``, for a hint; that name with `_PREVIOUS`
    /// behind it gives ``previousWebhookSecret``.
    public var webhookSecretVariable: String?
    /// An earlier secret that deliveries may still carry while the service is told the new one.
    public var previousWebhookSecret: Secret?
    /// The project, or whatever the service calls it, to provision when several are possible.
    public var project: String?
    /// Members that only this provider's answer to `connect-info` has; never a secret.
    public var connectInfo: [String: JSONValue]
    /// Settings that only this provider knows, by names of its own; never shown.
    public var settings: [String: Secret]

    /// Makes a configuration; every part may be left out.
    public init(
        host: URL? = nil, personalKey: Secret? = nil, webhookSecret: Secret? = nil,
        webhookSecretVariable: String? = nil, previousWebhookSecret: Secret? = nil,
        project: String? = nil,
        connectInfo: [String: JSONValue] = [:], settings: [String: Secret] = [:]
    ) {
        self.host = host
        self.personalKey = personalKey
        self.webhookSecret = webhookSecret
        self.webhookSecretVariable = webhookSecretVariable
        self.previousWebhookSecret = previousWebhookSecret
        self.project = project
        self.connectInfo = connectInfo
        self.settings = settings
    }
}

/// A variable of the environment that cannot be used; an instance does not start with one.
public struct ConfigurationError: ActionableError, Equatable {
    /// The word `invalid_configuration`.
    public let code = "invalid_configuration"
    /// One sentence that names the variable and not its value.
    public let description: String
    /// What to set instead.
    public let hint: String?

    /// Words the refusal.
    public init(_ description: String, hint: String) {
        self.description = description
        self.hint = hint
    }
}
