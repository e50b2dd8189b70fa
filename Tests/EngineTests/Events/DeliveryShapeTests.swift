import Engine
import Testing

/// Sources whose deliveries lack what others have.
@Suite("Delivery shapes")
struct DeliveryShapeTests {
    private static func source(
        id: JSONPath? = ["id"], user: JSONPath? = ["user"], optional: Bool = false,
        time: WebhookSource.TimeNotation = .iso8601
    ) -> WebhookSource {
        WebhookSource(
            verification: .sharedSecret(header: "x"), id: id, event: ["type"], userID: user,
            isUserOptional: optional, occurredAt: ["at"], timeNotation: time, properties: ["data"],
            personProperties: ["traits"])
    }

    private static func taking(_ source: WebhookSource, _ texts: [String]) async throws
        -> [Delivery]
    {
        var taken: [Delivery] = []
        try await EventShelf.open { shelf in
            for text in texts {
                let arrival = EventStore.Arrival(Data(text.utf8), from: "acme", reading: source)
                taken.append(try await EventIntake(shelf.store).take(arrival))
            }
            let total = try await shelf.page()["total"]?.integer
            #expect(total == Int64(Set(taken.suffix(texts.count).map(\.id)).count))
        }
        return taken
    }

    @Test func `without an id, equal deliveries are one and others are not`() async throws {
        let bodies = [
            #"{"type":"t","user":"u"}"#, #"{"type":"t","user":"u"}"#, #"{"type":"t","user":"v"}"#,
        ]
        let taken = try await Self.taking(Self.source(id: nil), bodies)
        #expect(taken[0].id == taken[1].id && taken[0].id != taken[2].id)
        #expect(taken[0].id.hasPrefix("sha256:"))
    }

    @Test(arguments: [#"{"id":"1","type":"t"}"#, #"{"id":"1","type":"t","user":null}"#])
    func `an optional user that is not there is empty`(body: String) async throws {
        for source in [Self.source(optional: true), Self.source(user: nil)] {
            #expect(try await Self.taking(source, [body]).map(\.userID) == ["", ""])
        }
        await #expect(throws: MalformedDelivery.self) {
            try await Self.taking(Self.source(), [body])
        }
    }

    @Test(arguments: [#"{"id":"1","type":"t","user":{}}"#, #"{"id":"1","type":"t","user":""}"#])
    func `an optional user of another shape is refused`(body: String) async throws {
        await #expect(throws: MalformedDelivery.self) {
            try await Self.taking(Self.source(optional: true), [body])
        }
    }

    @Test func `seconds are read where a source has them`() async throws {
        let body = #"{"id":"1","type":"t","user":"u","at":1492774577}"#
        let taken = try await Self.taking(Self.source(time: .unixSeconds), [body])
        #expect(
            taken.map(\.occurredAt.iso8601) == [
                "2017-04-21T11:36:17.000Z", "2017-04-21T11:36:17.000Z",
            ])
    }

    @Test(arguments: [
        "1.5", "-1", #""1492774577""#, "true", "1e3", "253402300800", "99999999999999999999",
    ])
    func `other seconds are refused`(at: String) async throws {
        await #expect(throws: MalformedDelivery.self) {
            try await Self.taking(
                Self.source(time: .unixSeconds), [#"{"id":"1","type":"t","user":"u","at":\#(at)}"#])
        }
    }
}
