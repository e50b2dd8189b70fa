public import Engine

/// Discord, whose commands arrive at the interactions endpoint of an application.
///
/// Sources: <https://discord.com/developers/docs/interactions/overview>,
/// <https://discord.com/developers/docs/resources/application>,
/// <https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow>.
public struct Discord: Provider {
    /// The word in commands and paths.
    public let id: ProviderID = "discord"
    /// The name that people know.
    public let name = "Discord"
    /// Its one address.
    public let hosts = [ProviderHost("Discord", "https://discord.com")]
    /// An application's id and public key, which are no secrets, and the token of its bot
    /// (<https://discord.com/developers/docs/reference#authentication>).
    public let authentication = Authentication.keys(
        DiscordKeys.fields,
        use: .header("Authorization", prefix: "Bot ", field: DiscordKeys.botToken.name),
        page: "https://discord.com/developers/applications")
    /// Interactions.
    public let webhook: WebhookSource? = .discord
    /// A bot's token and the public key.
    public let variables = DiscordEnvironment.variables

    /// Makes the provider, which has no state.
    public init() {}

    /// Reads the variables whose names begin with `DISCORD_`.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    { try DiscordEnvironment(environment).configuration() }

    /// Where the bot is added to a server.
    public func notes(on grant: GrantSummary) -> [String] {
        DiscordKeys.note(on: grant).map { [$0] } ?? []
    }

    /// Asks for the bot's application, which must be the one that is pasted.
    public func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport {
        try await DiscordKeys.check(keys)
    }

    /// Compares the application's interactions endpoint with what it should be.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        try await InteractionsEndpoint(context).plan()
    }

    /// Has interactions sent to this instance; Discord tries it out before it agrees.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { try await InteractionsEndpoint(context).apply() }

    /// Puts the earlier endpoint back, unless somebody has set another since.
    public func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    { try await InteractionsEndpoint(context).undo(values, rehearsing: rehearsing) }

    /// Leaves the application without an endpoint, if it is ours.
    public func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    { try await InteractionsEndpoint(context).remove(rehearsing: removal.isRehearsal) }
}
