/// What a provider may use to set up its side.
public struct ProvisionContext: Sendable {
    /// Sends requests to ``host`` signed with the grant; the provider never sees a token.
    public let api: any HTTPClient
    /// The service's private API, without a slash at the end.
    public let host: URL
    /// The grant in use; nil when a pasted key is.
    public let grant: GrantSummary?
    /// The project that the caller or the environment asked for.
    public let project: String?
    /// Where deliveries are to go.
    public let webhookURL: URL
    /// What deliveries must carry; nil while planning, when one has yet to be minted.
    public let webhookSecret: Secret?

    /// Makes a context; tests make their own.
    public init(
        api: any HTTPClient, host: URL, grant: GrantSummary?, project: String?, webhookURL: URL,
        webhookSecret: Secret?
    ) {
        self.api = api
        self.host = host
        self.grant = grant
        self.project = project
        self.webhookURL = webhookURL
        self.webhookSecret = webhookSecret
    }
}
