public import Engine

/// PostHog, in either Cloud region or self-hosted.
///
/// Sources: <https://posthog.com/docs/api/oauth>, <https://posthog.com/docs/api>,
/// <https://posthog.com/docs/cdp/destinations/webhook>.
public struct PostHog: Provider {
    /// The word in commands and paths.
    public let id: ProviderID = "posthog"
    /// The name that people know.
    public let name = "PostHog"
    /// The two regions of PostHog Cloud.
    public let hosts = PostHogHost.regions
    /// A public client whose id is the address of its description, so that nobody registers
    /// anything (<https://posthog.com/docs/api/oauth>).
    public let authentication = Authentication.authorizationCode(
        clientID: "https://hogsend.com/.well-known/hogsend-posthog-client.json")
    /// RFC 8414; older self-hosted servers answer with the page of their app.
    public let discovery = Discovery.wellKnown(pageMeansUnsupported: true)
    /// What the loop needs and later features will, so that nobody has to consent twice
    /// (<https://posthog.com/docs/api/scopes>).
    public let scopes: [Scope] = allScopes
    /// What works with which of them; the others are for features to come.
    public let features: [Feature] = allFeatures
    /// A refresh token is deleted 30 days after the access token of its last refresh ended, which
    /// lives for 7.
    public let refreshTokenIdleLimit: Duration? = .seconds(37 * 86_400)
    /// The ports that the client document lists.
    public let redirectPorts: [UInt16] = [8423, 8424, 8425]
    /// The path that the client document lists.
    public let callbackPath = "/callback"
    /// Has the consent page ask for one project; the server itself does not insist.
    public let authorizationParameters = ["required_access_level": "project"]
    /// The projects and organizations that the user picked; none of either is all that he sees.
    public let grantFields = [
        GrantField("scoped_teams", as: "scopedTeams", fallback: [], isInSummary: true),
        GrantField("scoped_organizations", as: "scopedOrganizations", fallback: []),
    ]
    /// A refresh token of a client known by its metadata document ends all that the user has
    /// allowed that client in the region; an access token ends alone.
    public let revocation = Revocation(
        radius: .everyInstallation, page: "Settings, Connected applications")
    /// The way around OAuth.
    public let unsupportedHint: String? = personalKeyHint
    /// Paths that predate this engine; the earlier command line calls them.
    public let routes: ProviderRoutes? = ProviderRoutes(
        connectInfo: "/v1/admin/analytics/connect-info",
        provision: "/v1/admin/analytics/provision-loop")
    /// Deliveries of the webhook destination.
    public let webhook: WebhookSource? = .postHog
    /// What can be asked of persons.
    public let commands: [ProviderCommand] = [PersonCommand.person]
    /// What of the instance's environment is read; nothing of it must be set.
    public let variables = PostHogEnvironment.variables

    /// Makes the provider, which has no state.
    public init() {}

    /// Whether a scope is granted; writing includes reading.
    public func grant(_ granted: Set<Scope>, covers scope: Scope) -> Bool {
        granted.contains(scope) || granted.contains(scope.asWrite)
    }

    /// Reads the variables whose names begin with `POSTHOG_`.
    public func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    { try PostHogEnvironment(environment).configuration() }

    /// The app's address, also for one that takes events.
    public func resolve(_ host: URL) -> ResolvedHost { PostHogHost.resolve(host) }

    /// The region that the token answer names, when it is one of PostHog Cloud's.
    public func grantHost(authorizedAt host: URL, members: [String: JSONValue]) -> URL {
        PostHogHost.grantHost(authorizedAt: host, named: members["posthog_base_url"]?.string)
    }

    /// Says when a grant covers more than one project.
    public func notes(on grant: GrantSummary) -> [String] { GrantReach(grant).notes }

    /// Persons and conditions on their properties.
    public func adminRoutes(_ access: ProviderAccess) -> [AdminRoute] {
        PersonRoutes(reads: PersonReads(access)).routes
    }

    /// Finds the project and its destination and compares it with what it should be.
    public func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        try await EventDestination(context).plan()
    }

    /// Creates the destination or mends what differs in it.
    public func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    { try await EventDestination(context).apply(plan) }

    /// Has the destination run once with a test event.
    public func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending? {
        try await DestinationTrial(context).sending()
    }

    /// Puts back what nobody has changed since; a destination that was created is disabled.
    public func undo(_ values: [PriorValue], rehearsing: Bool, _ context: ProvisionContext)
        async throws(ProvisionError) -> UndoReport
    { try await DestinationUndo(api: PostHogAPI(context), rehearsing: rehearsing).run(values) }

    /// Deletes the destination that we made and disables one that we adopted.
    public func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    {
        try await DestinationRemoval(api: PostHogAPI(context), context: context, removal: removal)
            .run()
    }
}
