/// What a provider may use to set up its side.
public struct ProvisionContext: Sendable {
    /// Sends requests to ``host`` with the credential; the provider never sees a token or a key.
    public let api: any HTTPClient
    /// The service's private API, without a slash at the end.
    public let host: URL
    /// The stored grant or keys in use; nil when the environment's key is.
    public let grant: GrantSummary?
    /// The project that the caller or the environment asked for.
    public let project: String?
    /// Where deliveries are to go.
    public let webhookURL: URL
    /// What deliveries must carry; nil while planning, when one has yet to be minted.
    public let webhookSecret: Secret?
    /// Whether the instance's environment says ``webhookSecret`` or the user has pasted it, so that one
    /// which the service gives out would not count.
    public let isSecretFixed: Bool
    /// What deliveries are to be signed with as well (``WebhookSource/signature``); nil where they
    /// need not be.
    public let webhookSigning: WebhookSigning?
    /// Whether the service may still have an earlier secret, so that one who cannot read it there
    /// writes it anew.
    public let isSecretNew: Bool
    /// Whether duplicates are to be disabled; false leaves them as they are.
    public let mergesDuplicates: Bool
    /// What ``ProvisionReport/derived`` held of earlier runs, by name.
    public let derived: [String: Secret]
    /// Keeps, sealed, the values that a run replaces; returns once they are stored.
    ///
    /// A provider calls it before each write with all that the write replaces, so that a crash
    /// leaves no change that cannot be undone. Within a run, and over runs that did not come to
    /// their end, what is kept adds up.
    public let keep: Keeping

    /// How prior values are kept.
    ///
    /// - Throws: ``ProvisionError`` when they could not be; nothing may be written then.
    public typealias Keeping = @Sendable ([PriorValue]) async throws(ProvisionError) -> Void

    /// Makes a context; tests make their own, which keeps nothing unless told otherwise.
    public init(
        api: any HTTPClient, host: URL, grant: GrantSummary?, project: String?, webhookURL: URL,
        webhookSecret: Secret?, isSecretFixed: Bool = false, webhookSigning: WebhookSigning? = nil,
        isSecretNew: Bool = false, mergesDuplicates: Bool = false, derived: [String: Secret] = [:],
        keep: @escaping Keeping = { _ throws(ProvisionError) in }
    ) {
        self.api = api
        self.host = host
        self.grant = grant
        self.project = project
        self.webhookURL = webhookURL
        self.webhookSecret = webhookSecret
        self.isSecretFixed = isSecretFixed
        self.webhookSigning = webhookSigning
        self.isSecretNew = isSecretNew
        self.mergesDuplicates = mergesDuplicates
        self.derived = derived
        self.keep = keep
    }

    /// The same, keeping what is replaced in this way.
    package func keeping(_ keep: @escaping Keeping) -> ProvisionContext {
        ProvisionContext(
            api: api, host: host, grant: grant, project: project, webhookURL: webhookURL,
            webhookSecret: webhookSecret, isSecretFixed: isSecretFixed,
            webhookSigning: webhookSigning, isSecretNew: isSecretNew,
            mergesDuplicates: mergesDuplicates, derived: derived, keep: keep)
    }
}

/// The secret of a second proof, and whether the service has it.
public struct WebhookSigning: Sendable, Equatable {
    /// The secret, which the service is told where it takes one.
    public let secret: Secret
    /// What was seen to have taken this secret, as ``ProvisionReport/signedObject`` named it; nil
    /// where it is to be sent.
    public let object: String?

    /// Puts together what is known; tests make their own.
    public init(secret: Secret, object: String? = nil) {
        self.secret = secret
        self.object = object
    }
}
