/// Takes events in the order in which they arrived, in a worker that the program runs.
public protocol EventSink: Sendable {
    /// The name under which its place is kept: what has this name goes on where it stopped.
    ///
    /// Two sinks that are to see the same events have two names. A new name begins with the oldest
    /// event that is kept.
    var name: String { get }

    /// Handles the next events, at most a hundred, fewer where they are large, oldest first.
    ///
    /// They count as handled when it returns; when it throws, the same events come again after a
    /// pause that grows from one second to a minute. It is called by one process at a time, but an
    /// event may come more than once: after a crash, or when a call takes longer than five minutes.
    /// ``ReceivedEvent/id`` tells.
    func receive(_ events: [ReceivedEvent]) async throws
}

/// An event as a provider delivered it.
public struct ReceivedEvent: Sendable, Equatable {
    /// The provider that delivered it.
    public let providerID: ProviderID
    /// The provider's id of the event, the same each time it comes.
    public let id: String
    /// The event's name.
    public let event: String
    /// The id of the user whom it is about.
    public let userID: String
    /// When it happened.
    public let occurredAt: Date
    /// When it was stored.
    public let receivedAt: Date
    /// The event's own properties; `null` for a document with a number beyond `Double`, or, from
    /// before there was a limit on taking it, nested deeper than 512 levels.
    public let properties: JSONValue
    /// What was known of the person; `null` likewise.
    public let personProperties: JSONValue
    /// Its place in the order of arrival.
    package let cursor: Int64

    init?(_ row: SQLRow) {
        guard let provider = row.text("provider_id"), let id = row.text("id"),
            let event = row.text("event"), let userID = row.text("user_id"),
            let occurredAt = row.text("occurred_at").flatMap({ Date(iso8601: $0) }),
            let receivedAt = row.text("received_at").flatMap({ Date(iso8601: $0) }),
            let cursor = row.integer("seq")
        else { return nil }
        func document(_ column: String) -> JSONValue {
            row.text(column).flatMap { JSONValue(decoding: Data($0.utf8)) } ?? .null
        }
        providerID = ProviderID(rawValue: provider)
        self.id = id
        self.event = event
        self.userID = userID
        self.occurredAt = occurredAt
        self.receivedAt = receivedAt
        properties = document("properties")
        personProperties = document("person_properties")
        self.cursor = cursor
    }
}
