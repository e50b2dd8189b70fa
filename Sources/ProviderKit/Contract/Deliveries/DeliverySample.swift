import Engine

/// A delivery as a source declares it, for checks that need one.
struct DeliverySample: Sendable {
    let source: WebhookSource
    /// Fixed, so that the body stays the same to the byte.
    let date = Date()
    var id = "contract-\(UUID().uuidString.lowercased())"

    /// An event of a user, which is to be stored.
    var document: JSONValue {
        var document: JSONValue = [:]
        for (path, value) in members { document = document.setting(value, at: path.names[...]) }
        return document
    }

    var body: Data { document.encoded() }

    /// The same, so that the source's rule leaves it out; nil where there is none.
    var skipped: Data? {
        source.skippedWhenFalse.map { document.setting(false, at: $0.names[...]).encoded() }
    }

    /// A delivery that wants an answer of its own.
    func asking(_ reply: WebhookReply) -> Data {
        document.setting(reply.literal, at: reply.path.names[...]).encoded()
    }

    private var members: [(JSONPath, JSONValue)] {
        let time: JSONValue =
            source.timeNotation == .iso8601
            ? .string(date.iso8601) : .integer(Int64(date.timeIntervalSince1970))
        // What holds others comes before them.
        let places: [(JSONPath?, JSONValue)] = [
            (source.properties, [:]), (source.personProperties, [:]), (source.occurredAt, time),
            (source.event, "contract_event"), (source.id, .string(id)), (source.userID, "ada"),
            (source.skippedWhenFalse, true),
        ]
        return places.compactMap { path, value in path.map { ($0, value) } }
    }
}

extension WebhookSource {
    /// The same deliveries, proven in another way and by it alone.
    func proven(by verification: WebhookVerification) -> WebhookSource {
        WebhookSource(
            verification: verification, mintsSecret: mintsSecret, id: id, event: event,
            otherEvents: otherEvents, userID: userID, otherUserIDs: otherUserIDs,
            isUserOptional: isUserOptional, occurredAt: occurredAt,
            timeNotation: timeNotation, properties: properties, personProperties: personProperties,
            otherPersonProperties: otherPersonProperties, skippedWhenFalse: skippedWhenFalse,
            replies: replies)
    }
}
