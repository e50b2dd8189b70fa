import Engine
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
        "event=%zz", "event=%ff", "%zz=1",
    ])
    func `a parameter out of its range is refused`(query: String) async throws {
        try await Desk.open { desk in
            let answer = await desk.call("GET", "/v1/admin/events?\(query)")
            #expect(answer.status == 400 && answer.error == "invalid_query")
            #expect(answer.json["detail"]?.string?.isEmpty == false)
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
        }
    }
}
