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
    /// Whether the delivery is an event all the same, stored before it is answered.
    public let stores: Bool

    /// Declares an answer; what gets it is not stored unless told otherwise.
    public init(
        when path: JSONPath, is literal: JSONValue, answer: JSONValue, stores: Bool = false
    ) {
        self.path = path
        self.literal = literal
        self.answer = answer
        self.stores = stores
    }

    /// Whether this delivery wants it.
    package func isWanted(by document: JSONValue) -> Bool {
        document.value(at: path) == literal
    }
}
