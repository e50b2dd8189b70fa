import Engine
import ProviderKit
import Testing

@Suite("Event routes")
struct EventRoutesTests {
    static func open(_ body: (Desk) async throws -> Void) async throws {
        try await Desk.open(["ACME_WEBHOOK_SECRET": "s"]) { desk in
            for (id, type, user) in [("1", "a b", "u+v"), ("2", "a b", "ü&"), ("3", "c", "u+v")] {
                _ = await desk.deliver(
                    EventShelf.delivery(
                        id: "\"\(id)\"", type: "\"\(type)\"", user: "{\"id\":\"\(user)\"}"),
                    secret: "s")
            }
            try await body(desk)
        }
    }

    @Test(arguments: [
        ("", ["3", "2", "1"], 50, 0), ("?", ["3", "2", "1"], 50, 0), ("?event=c", ["3"], 50, 0),
        ("?event=a+b", ["2", "1"], 50, 0), ("?event=a%20b&userId=u%2Bv", ["1"], 50, 0),
        ("?userId=%C3%BC%26", ["2"], 50, 0), ("?userId=u+v", [], 50, 0), ("?event=C", [], 50, 0),
        ("?limit=1", ["3"], 1, 0), ("?limit=2&offset=1", ["2", "1"], 2, 1),
        ("?limit=501", ["3", "2", "1"], 500, 0),
        ("?limit=9223372036854775807", ["3", "2", "1"], 500, 0),
        ("?offset=9223372036854775807", [], 50, .max), ("?unknown=1&x", ["3", "2", "1"], 50, 0),
        ("?limit=1&limit=2", ["3", "2"], 2, 0), ("?event=c'%3B--", [], 50, 0),
    ])
    func `a page is what was asked for, newest first`(
        query: String, ids: [String], limit: Int, offset: Int
    ) async throws {
        try await Self.open { desk in
            let answer = await desk.call("GET", "/v1/admin/events\(query)")
            #expect(answer.status == 200)
            #expect(answer.json["events"]?.array?.compactMap { $0["id"]?.string } == ids)
            #expect(answer.json["limit"]?.integer == Int64(limit))
            #expect(answer.json["offset"]?.integer == Int64(offset))
            let names = Set(answer.json.object.map { Array($0.keys) } ?? [])
            #expect(names == ["events", "total", "limit", "offset"])
        }
    }

    @Test(arguments: [
        "limit=0", "limit=-1", "limit=x", "limit=1.5", "limit=", "limit=1e3", "limit=%00",
        "limit=9223372036854775808", "offset=-1", "offset=x", "offset=", "offset=1%20",
        "after=-1", "after=x", "since=yesterday", "since=", "until=7", "event=%zz", "event=%ff",
        "%zz=1",
    ])
    func `a parameter out of its range is refused`(query: String) async throws {
        try await Desk.open { desk in
            let answer = await desk.call("GET", "/v1/admin/events?\(query)")
            #expect(answer.status == 400 && answer.error == "invalid_query")
            #expect(answer.json["detail"]?.string?.isEmpty == false)
        }
    }

    @Test func `an answer from a place on goes by arrival, and says where to go on`() async throws {
        try await Self.open { desk in
            let first = await desk.call("GET", "/v1/admin/events?after=0&limit=2")
            #expect(first.json["events"]?.array?.compactMap { $0["id"]?.string } == ["1", "2"])
            let cursor = try #require(first.json["cursor"]?.string)
            let second = await desk.call("GET", "/v1/admin/events?after=\(cursor)")
            #expect(second.json["events"]?.array?.compactMap { $0["id"]?.string } == ["3"])
            let end = try #require(second.json["cursor"]?.string)
            let third = await desk.call("GET", "/v1/admin/events?after=\(end)")
            #expect(third.json["events"] == [] && third.json["cursor"]?.string == end)
        }
    }

    @Test(arguments: [
        ("provider=acme", 3), ("provider=other", 0), ("since=2026-01-02T03:04:05.678Z", 3),
        ("since=2026-01-02T03:04:05.679Z", 0), ("until=2026-01-02T03:04:05.678Z", 0),
        ("until=2026-01-02T04:04:06%2B01:00", 3),
        ("since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z&event=c", 1),
    ])
    func `filters narrow`(query: String, count: Int64) async throws {
        try await Self.open { desk in
            let answer = await desk.call("GET", "/v1/admin/events?\(query)")
            #expect(answer.json["total"]?.integer == count)
        }
    }

    @Test func `where nothing is like it, the place to go on from moves on all the same`()
        async throws
    {
        try await Self.open { desk in
            let none = await desk.call("GET", "/v1/admin/events?after=0&event=x")
            #expect(none.json["events"] == [] && none.json["cursor"] == "3")
            let part = await desk.call("GET", "/v1/admin/events?after=0&event=a+b&limit=1")
            #expect(part.json["cursor"] == "1")
            let rest = await desk.call("GET", "/v1/admin/events?after=1&event=a+b")
            #expect(rest.json["cursor"] == "3")
        }
    }

    @Test func `one person's events are removed, and somebody must be named`() async throws {
        try await Self.open { desk in
            let queries = [
                "", "?userId=", "?event=c", "?userId=u%2Bv&event=c", "?userId=a&userId=b",
            ]
            for query in queries {
                let answer = await desk.call("DELETE", "/v1/admin/events\(query)")
                #expect(answer.status == 400)
            }
            let removed = await desk.call("DELETE", "/v1/admin/events?userId=u%2Bv")
            #expect(removed.status == 200 && removed.json["deleted"] == 2)
            let left = await desk.call("GET", "/v1/admin/events")
            #expect(left.json["events"]?.array?.compactMap { $0["id"]?.string } == ["2"])
        }
    }

    /// Another process may have stored a secret since.
    @Test func `that there was no secret does not count once the database is away`() async throws {
        var provider = AnyPort(Acme())
        provider.webhook = WebhookSource(
            verification: .hmacSHA256(header: "X-Code"), id: ["id"], event: ["type"],
            userID: ["user", "id"], occurredAt: ["at"], properties: ["data"],
            personProperties: ["user", "traits"])
        try await Desk.open(acme: provider) { desk in
            let request = ServerRequest(
                method: "POST", target: "/v1/webhooks/acme", headers: ["X-Code": "00"],
                body: Data(EventShelf.delivery().utf8))
            #expect(await desk.router.respond(to: request).status == 401)
            await desk.database.close()
            #expect(await desk.router.respond(to: request).status == 503)
        }
    }

    @Test func `without a database it is unavailable, without a word of why`() async throws {
        try await Desk.open { desk in
            await desk.database.close()
            for (method, target) in AdminAuthenticationTests.routes.prefix(9) {
                let body = ["kind": "oauth", "payload": Desk.grant()] as JSONValue
                let answer = await desk.call(method, target, body)
                #expect(answer.status == 503, "\(method) \(target)")
                #expect(answer.text == #"{"error":"database_unavailable"}"#)
            }
            let request = ServerRequest(
                method: "POST", target: "/v1/webhooks/acme",
                headers: ["X-Acme-Secret": "s"], body: Data(EventShelf.delivery().utf8))
            let refused = await desk.router.respond(to: request)
            #expect(refused.status == 503 && refused.headers["Retry-After"] == "5")
        }
    }
}
