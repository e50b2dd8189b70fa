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
    /// Whether the instance chooses the secret, and provisioning tells the service; else the service
    /// does, and provisioning reports it (``ProvisionReport/webhookSecret``) or the environment says it.
    public let mintsSecret: Bool
    /// Where the event's unique id stands; deliveries with one id are stored once.
    ///
    /// Nil where a delivery has none: then those that are equal to the last byte are one.
    public let id: JSONPath?
    /// Where the event's name stands.
    public let event: JSONPath
    /// Where the user's id stands; nil where no delivery names one, and it is empty.
    public let userID: JSONPath?
    /// Whether a delivery may name no user, whose id is then empty; else it is refused.
    public let isUserOptional: Bool
    /// Where the time of the event stands; without one the time of arrival counts.
    public let occurredAt: JSONPath
    /// How that time is written.
    public let timeNotation: TimeNotation
    /// Where the event's properties stand.
    public let properties: JSONPath
    /// Where the person's properties stand.
    public let personProperties: JSONPath
    /// Deliveries that are answered as skipped: those with the literal `false` at this place.
    public let skippedWhenFalse: JSONPath?
    /// Verified deliveries that want an answer of their own; they are not stored.
    public let replies: [WebhookReply]

    /// Declares a source.
    ///
    /// A secret is minted unless told otherwise, where the verification takes one of ours.
    public init(
        verification: WebhookVerification, signature: WebhookVerification? = nil,
        mintsSecret: Bool? = nil, id: JSONPath?,
        event: JSONPath, userID: JSONPath?, isUserOptional: Bool = false, occurredAt: JSONPath,
        timeNotation: TimeNotation = .iso8601, properties: JSONPath, personProperties: JSONPath,
        skippedWhenFalse: JSONPath? = nil, replies: [WebhookReply] = []
    ) {
        self.verification = verification
        self.signature = signature
        self.mintsSecret = mintsSecret ?? verification.takesMintedSecrets
        self.id = id
        self.event = event
        self.userID = userID
        self.isUserOptional = isUserOptional || userID == nil
        self.occurredAt = occurredAt
        self.timeNotation = timeNotation
        self.properties = properties
        self.personProperties = personProperties
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

/// The answer that a service wants to one kind of verified delivery, as data.
///
/// A ping that proves the endpoint to be alive is one.
public struct WebhookReply: Sendable, Equatable {
    /// Where it is seen which kind a delivery is.
    public let path: JSONPath
    /// What stands there.
    public let literal: JSONValue
    /// The document of the 200.
    public let answer: JSONValue

    /// Declares an answer.
    public init(when path: JSONPath, is literal: JSONValue, answer: JSONValue) {
        self.path = path
        self.literal = literal
        self.answer = answer
    }

    /// Whether this delivery wants it.
    package func isWanted(by document: JSONValue) -> Bool {
        path.names.reduce(document) { $0?[$1] } == literal
    }
}

/// A place in a JSON document: the names of members, from the outermost in.
public struct JSONPath: Sendable, Equatable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// The names, from the outermost member in.
    public let names: [String]

    /// Makes a path from a literal such as `["event", "uuid"]`.
    public init(arrayLiteral elements: String...) { names = elements }

    /// The names with dots between them, for error messages.
    public var description: String { names.joined(separator: ".") }
}
