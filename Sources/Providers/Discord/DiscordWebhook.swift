import Engine

extension WebhookSource {
    /// An interaction, signed with the application's key
    /// (<https://discord.com/developers/docs/interactions/receiving-and-responding>).
    ///
    /// Commands have a name and components an id of the application's choice; what has neither is
    /// called by the number of its type. In a server the user stands in a member, elsewhere alone.
    static let discord = WebhookSource(
        verification: .ed25519(
            signature: "X-Signature-Ed25519", timestamp: "X-Signature-Timestamp"),
        id: ["id"], event: ["data", "name"], otherEvents: [["data", "custom_id"], ["type"]],
        userID: ["member", "user", "id"], otherUserIDs: [["user", "id"]], isUserOptional: true,
        occurredAt: nil, properties: ["data"], personProperties: ["member", "user"],
        otherPersonProperties: [["user"]], replies: replies)

    /// Discord shows a failure to the user unless it is answered within three seconds, so that what
    /// is stored is acknowledged at once, to that user alone.
    private static let replies = [
        WebhookReply(when: ["type"], is: 1, answer: ["type": 1]),
        WebhookReply(when: ["type"], is: 2, answer: received, stores: true),
        // A component's message stays as it is.
        WebhookReply(when: ["type"], is: 3, answer: ["type": 6], stores: true),
        // What is still being typed is no event; there is nothing to suggest.
        WebhookReply(when: ["type"], is: 4, answer: ["type": 8, "data": ["choices": []]]),
        WebhookReply(when: ["type"], is: 5, answer: received, stores: true),
    ]

    /// A message with the flag `EPHEMERAL`.
    private static let received: JSONValue = [
        "type": 4, "data": ["content": "Received.", "flags": 64],
    ]
}
