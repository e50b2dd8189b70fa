/// How a provider's deliveries are told from forgeries and read, as data.
public struct WebhookSource: Sendable, Equatable {
    /// The header that carries the shared secret.
    public let secretHeader: String
    /// Where the event's unique id stands; deliveries with one id are stored once.
    public let id: JSONPath
    /// Where the event's name stands.
    public let event: JSONPath
    /// Where the user's id stands.
    public let userID: JSONPath
    /// Where the time of the event stands; without one the time of arrival counts.
    public let occurredAt: JSONPath
    /// Where the event's properties stand.
    public let properties: JSONPath
    /// Where the person's properties stand.
    public let personProperties: JSONPath
    /// Deliveries that are answered as skipped: those with the literal `false` at this place.
    public let skippedWhenFalse: JSONPath?

    /// Declares a source.
    public init(
        secretHeader: String, id: JSONPath, event: JSONPath, userID: JSONPath,
        occurredAt: JSONPath, properties: JSONPath, personProperties: JSONPath,
        skippedWhenFalse: JSONPath? = nil
    ) {
        self.secretHeader = secretHeader
        self.id = id
        self.event = event
        self.userID = userID
        self.occurredAt = occurredAt
        self.properties = properties
        self.personProperties = personProperties
        self.skippedWhenFalse = skippedWhenFalse
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
