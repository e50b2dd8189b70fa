import Engine
import Testing

/// Sources whose deliveries have one thing at several places.
@Suite("Delivery places")
struct DeliveryPlacesTests {
    private static let source = WebhookSource(
        verification: .sharedSecret(header: "x"), id: ["id"], event: ["data", "name"],
        otherEvents: [["data", "key"], ["type"]], userID: ["object", "owner"],
        otherUserIDs: [JSONPlace(["object", "id"], prefix: "own_"), ["user", "id"]],
        isUserOptional: true, occurredAt: nil, properties: ["data"], personProperties: nil)

    /// What both databases make of it.
    private static func taking(
        _ members: String, _ source: WebhookSource = source
    ) async throws -> [Delivery] {
        var taken: [Delivery] = []
        let text = #"{"id":"1",\#(members)}"#
        try await EventShelf.open { shelf in
            let arrival = EventStore.Arrival(Data(text.utf8), from: "acme", reading: source)
            taken.append(try await EventIntake(shelf.store).take(arrival))
        }
        return taken
    }

    @Test(arguments: [
        (#""data":{"name":"a","key":"b"},"type":3"#, "a"),
        (#""data":{"key":"b"},"type":3"#, "b"),
        (#""data":{"name":null,"key":""},"type":3"#, "3"),
        (#""data":{"name":7}"#, "7"), (#""type":12345678901234567890"#, "12345678901234567890"),
        (#""data":{"name":{"x":1}},"type":"t""#, "t"),
    ])
    func `the first place with a text or a whole number names the event`(
        members: String, event: String
    ) async throws {
        #expect(try await Self.taking(members).map(\.event) == [event, event])
    }

    @Test(arguments: [
        #""data":{}"#, #""data":{"name":true},"type":1.5"#, #""data":{"name":"","key":""}"#,
        #""data":{"name":"\u0000","key":"b"}"#, #""data":{"name":"a\ud800","key":"b"}"#,
    ])
    func `a delivery without a name at any place, or with one that no text can hold, is refused`(
        members: String
    ) async throws {
        await #expect(throws: MalformedDelivery.self) { try await Self.taking(members) }
    }

    @Test(arguments: [
        (#""object":{"owner":"u","id":"own_2"},"user":{"id":"v"}"#, "u"),
        (#""object":{"owner":null,"id":"own_2"},"user":{"id":"v"}"#, "own_2"),
        (#""object":{"id":"thing_2"},"user":{"id":5}"#, "5"),
        (#""object":{"id":"thing_2"}"#, ""), (#""object":{"id":{"own_":1}}"#, ""),
        (#""object":{"id":"own"},"user":null"#, ""), (#""object":[]"#, ""),
    ])
    func `a user is taken from a place with a prefix where the text begins with it`(
        members: String, user: String
    ) async throws {
        let members = #""type":"t","# + members
        #expect(try await Self.taking(members).map(\.userID) == [user, user])
    }

    @Test(arguments: [
        (#""object":{"owner":"u","id":"own_2"}"#, "u"),
        (#""object":{"owner":{"id":"v"},"id":"own_2"}"#, "v"),
        (#""object":{"owner":{"id":7},"id":"own_2"}"#, "7"),
        (#""object":{"owner":{},"id":"own_2"}"#, "own_2"),
        (#""object":{"owner":["x"],"id":"own_2"}"#, "own_2"),
    ])
    func `a place that holds no text is passed over, and what it holds may be a place`(
        members: String, user: String
    ) async throws {
        let source = WebhookSource(
            verification: .sharedSecret(header: "x"), id: ["id"], event: ["type"],
            userID: ["object", "owner"],
            otherUserIDs: [
                ["object", "owner", "id"], JSONPlace(["object", "id"], prefix: "own_"),
            ], occurredAt: nil, properties: ["object"], personProperties: nil)
        let taken = try await Self.taking(#""type":"t","# + members, source)
        #expect(taken.map(\.userID) == [user, user])
    }

    @Test(arguments: [
        #""object":{"owner":{"id":"u"}}"#, #""object":{"owner":""}"#, #""user":{"id":["u"]}"#,
        #""object":{"owner":"\u0000","id":"own_2"}"#,
    ])
    func `a user of another shape at all places is refused, optional or not`(
        members: String
    ) async throws {
        await #expect(throws: MalformedDelivery.self) {
            try await Self.taking(#""type":"t","# + members)
        }
    }

    @Test func `the first place is named where none has what is wanted`() async throws {
        await #expect(
            throws: MalformedDelivery.badShape("'data.name' is not a text of 1 to 1024 bytes")
        ) { try await Self.taking(#""data":{}"#) }
        let long = String(repeating: "x", count: 1025)
        await #expect(
            throws: MalformedDelivery.badShape("'data.key' is not a text of 1 to 1024 bytes")
        ) { try await Self.taking(#""data":{"key":"\#(long)"},"type":"t""#) }
    }

    @Test func `a user that is not optional must stand at one of the places`() async throws {
        let strict = WebhookSource(
            verification: .sharedSecret(header: "x"), id: ["id"], event: ["type"],
            userID: ["member", "id"], otherUserIDs: [["user", "id"]], occurredAt: ["at"],
            properties: ["data"], personProperties: ["user"])
        let taken = try await Self.taking(#""type":"t","user":{"id":"u"}"#, strict)
        #expect(taken.map(\.userID) == ["u", "u"])
        #expect(taken.map(\.personProperties) == [#"{"id":"u"}"#, #"{"id":"u"}"#])
        await #expect(throws: MalformedDelivery.self) {
            try await Self.taking(#""type":"t","user":{}"#, strict)
        }
    }

    @Test(arguments: [
        (#""member":{"user":{"n":1}},"user":{"n":2}"#, #"{"n":1}"#),
        (#""user":{"n":2}"#, #"{"n":2}"#), (#""member":null,"host":{"n":3}"#, #"{"n":3}"#),
        (#""member":{"user":{}},"user":{"n":2}"#, "{}"), (#""user":null"#, "{}"),
    ])
    func `a person's properties are those of the first place that has any`(
        members: String, properties: String
    ) async throws {
        let source = WebhookSource(
            verification: .sharedSecret(header: "x"), id: ["id"], event: ["type"], userID: nil,
            occurredAt: nil, properties: ["data"], personProperties: ["member", "user"],
            otherPersonProperties: [["user"], ["host"]])
        let taken = try await Self.taking(#""type":"t","# + members, source)
        #expect(taken.map(\.personProperties) == [properties, properties])
        await #expect(throws: MalformedDelivery.badShape("'user' is not an object")) {
            try await Self.taking(#""type":"t","user":7"#, source)
        }
    }

    @Test func `without a place for it the time of arrival counts, and persons have no properties`()
        async throws
    {
        let start = Date()
        let taken = try await Self.taking(#""type":"t","data":{"a":1.10},"person":{"b":2}"#)
        #expect(taken.allSatisfy { $0.occurredAt >= start && $0.occurredAt <= Date() })
        #expect(taken.map(\.properties) == [#"{"a":1.10}"#, #"{"a":1.10}"#])
        #expect(taken.map(\.personProperties) == ["{}", "{}"])
    }
}
