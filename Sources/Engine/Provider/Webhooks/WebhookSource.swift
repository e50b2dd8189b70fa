/// How a provider's deliveries are told from forgeries and read, as data.
public struct WebhookSource: Sendable, Equatable {
    /// How the time of an event is written.
    public enum TimeNotation: Sendable, Equatable {
        /// A text by ISO 8601.
        case iso8601
        /// A whole number of seconds since 1970.
        case unixSeconds
    }

    /// How a delivery proves that the service sent it.
    public let verification: WebhookVerification
    /// A second proof, by a secret of its own, of a service that gives it only where it is new enough.
    ///
    /// It is demanded once provisioning has seen the service take that secret
    /// (``ProvisionReport/signedObject``) and a delivery has brought it; until then the first alone
    /// protects the loop.
    public let signature: WebhookVerification?
    /// Whether the instance chooses the secret, and provisioning tells the service.
    ///
    /// Else the service does, and provisioning reports it (``ProvisionReport/webhookSecret``), the
    /// environment says it, or the user pastes it (``KeyField/verifiesDeliveries``).
    public let mintsSecret: Bool
    /// Where the event's unique id stands; deliveries with one id are stored once.
    ///
    /// Nil where a delivery has none: then those that are equal to the last byte are one.
    public let id: JSONPath?
    /// Where the event's name stands; a whole number there is taken as its digits.
    public let event: JSONPath
    /// Where the event's name stands in deliveries that have none at ``event``, in order.
    public let otherEvents: [JSONPlace]
    /// Where the user's id stands; nil where no delivery names one, and it is empty.
    public let userID: JSONPath?
    /// Where the user's id stands in deliveries that have none at ``userID``, in order.
    public let otherUserIDs: [JSONPlace]
    /// Whether a delivery may name no user, whose id is then empty; else it is refused.
    public let isUserOptional: Bool
    /// Where the time of the event stands; without one the time of arrival counts, and nil says that
    /// no delivery has one.
    public let occurredAt: JSONPath?
    /// How that time is written.
    public let timeNotation: TimeNotation
    /// Where the event's properties stand.
    public let properties: JSONPath
    /// Where the person's properties stand; nil where no delivery has any.
    public let personProperties: JSONPath?
    /// Where the person's properties stand in deliveries that have none at ``personProperties``, in
    /// order.
    public let otherPersonProperties: [JSONPath]
    /// Deliveries that are answered as skipped: those with the literal `false` at this place.
    public let skippedWhenFalse: JSONPath?
    /// Verified deliveries that want an answer of their own.
    public let replies: [WebhookReply]

    /// Declares a source.
    ///
    /// A secret is minted unless told otherwise, where the verification takes one of ours.
    public init(
        verification: WebhookVerification, signature: WebhookVerification? = nil,
        mintsSecret: Bool? = nil, id: JSONPath?,
        event: JSONPath, otherEvents: [JSONPlace] = [], userID: JSONPath?,
        otherUserIDs: [JSONPlace] = [], isUserOptional: Bool = false, occurredAt: JSONPath?,
        timeNotation: TimeNotation = .iso8601, properties: JSONPath, personProperties: JSONPath?,
        otherPersonProperties: [JSONPath] = [], skippedWhenFalse: JSONPath? = nil,
        replies: [WebhookReply] = []
    ) {
        self.verification = verification
        self.signature = signature
        self.mintsSecret = mintsSecret ?? verification.takesMintedSecrets
        self.id = id
        self.event = event
        self.otherEvents = otherEvents
        self.userID = userID
        self.otherUserIDs = otherUserIDs
        self.isUserOptional = isUserOptional || userID == nil
        self.occurredAt = occurredAt
        self.timeNotation = timeNotation
        self.properties = properties
        self.personProperties = personProperties
        self.otherPersonProperties = otherPersonProperties
        self.skippedWhenFalse = skippedWhenFalse
        self.replies = replies
    }

    /// Declares a source whose deliveries carry a secret of ours in a header.
    public init(
        secretHeader: String, signature: WebhookVerification? = nil, id: JSONPath,
        event: JSONPath, userID: JSONPath,
        occurredAt: JSONPath, properties: JSONPath, personProperties: JSONPath,
        skippedWhenFalse: JSONPath? = nil
    ) {
        self.init(
            verification: .sharedSecret(header: secretHeader), signature: signature, id: id,
            event: event, userID: userID, occurredAt: occurredAt, properties: properties,
            personProperties: personProperties, skippedWhenFalse: skippedWhenFalse)
    }
}
