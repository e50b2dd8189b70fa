import Engine
import PostHogProvider
import ProviderKit
import Testing

@Suite("Person routes")
struct PersonRoutesTests {
    private static func call(
        _ path: String, _ request: AdminRequest, _ desk: PersonDesk
    ) async throws -> JSONValue {
        let routes = PostHog().adminRoutes(desk.access)
        let route = try #require(routes.first { $0.path.hasPrefix(path) })
        #expect(route.alias == "/v1/admin/analytics/" + route.path)
        return try await route.handler(request)
    }

    private static func person(
        _ desk: PersonDesk, _ id: String = "ada", _ query: [String: String] = [:]
    ) async throws -> JSONValue {
        try await call(
            "persons", AdminRequest(parameters: ["distinctId": id], query: query), desk)
    }

    @Test func `a person is answered with his time zone`() async throws {
        let desk = try PersonDesk(.person("ada", ["$geoip_time_zone": "Europe/Berlin", "n": 1]))
        #expect(
            try await Self.person(desk)
                == .text(
                    #"""
                    {"distinctId":"ada","found":true,"source":"oauth","reason":null,"detail":null,
                    "remediation":null,"person":{"uuid":"0190-u","name":"Ada",
                    "createdAt":"2026-01-01T00:00:00Z",
                    "properties":{"$geoip_time_zone":"Europe/Berlin","n":1}},
                    "timezone":{"name":"Europe/Berlin","source":"$geoip_time_zone","warnings":[]}}
                    """#))
    }

    @Test func `nobody is 200, not found, and asked`() async throws {
        let desk = try PersonDesk(.persons())
        try desk.connect(teams: nil, project: "12345")
        let answer = try await Self.person(desk, "ada", ["defaultTimezone": "Asia/Tokyo"])
        #expect(answer["found"] == false && answer["person"] == .null)
        #expect(answer["source"] == "personal_key" && answer["reason"] == .null)
        #expect(answer["timezone"]?["name"] == "Asia/Tokyo")
    }

    @Test(arguments: [
        (HTTPResponse(status: 500), "service_unavailable"), (.problem(429, "slow"), "throttled"),
        (.problem(403, "API key missing required scope 'person:read'"), "missing_scope"),
        (HTTPResponse(status: 200, body: Data("<html>".utf8)), "unexpected_answer"),
        (.problem(401, "Invalid access token."), "unauthorized"),
    ])
    func `a degraded answer has no source and a reason`(
        answer: HTTPResponse, reason: String
    ) async throws {
        let desk = try PersonDesk(answer)
        let shown = try await Self.person(desk, "ada", ["contactColumn": "Europe/Berlin"])
        #expect(shown["source"] == "none" && shown["found"] == false)
        #expect(shown["reason"] == .string(reason) && shown["person"] == .null)
        #expect(shown["detail"]?.string?.isEmpty == false)
        #expect(shown["timezone"]?["source"] == "contact.column")
        let evaluated = try await Self.call(
            "conditions",
            AdminRequest(body: [
                "distinctId": "ada",
                "conditions": ["property": "p", "operator": "not_exists"],
            ]), desk)
        #expect(evaluated["source"] == "none" && evaluated["matches"] == .null)
    }

    @Test func `an explicit zone that is none is refused`() async throws {
        let desk = try PersonDesk(.person("ada"))
        let error = await #expect(throws: AdminRefusal.self) {
            try await Self.person(desk, "ada", ["timezone": "../etc"])
        }
        #expect(error?.status == 400 && error?.code == "invalid_timezone")
        #expect(desk.lines == [])
    }

    @Test(
        arguments: [
            [:], ["distinctId": "ada"], ["distinctId": 1, "conditions": [:]],
            ["distinctId": "", "conditions": ["property": "p", "operator": "exists"]],
            ["distinctId": "ada", "conditions": []],
            ["distinctId": "ada", "conditions": ["property": "p"]],
            ["distinctId": .string(String(repeating: "x", count: 1001)), "conditions": [:]],
        ] as [JSONValue])
    func `a body that asks for nothing is refused and PostHog not asked`(
        body: JSONValue
    ) async throws {
        let desk = try PersonDesk()
        let error = await #expect(throws: AdminRefusal.self) {
            try await Self.call("conditions", AdminRequest(body: body), desk)
        }
        #expect(error?.status == 400)
        #expect(desk.lines == [])
    }

    @Test func `conditions are held against the live profile`() async throws {
        let desk = try PersonDesk(.person("ada", ["plan": "pro", "seats": "12"]))
        let body: JSONValue = [
            "distinctId": "ada",
            "conditions": [
                "all": [
                    ["property": "plan", "operator": "in", "value": ["pro", "team"]],
                    ["property": "seats", "operator": "gt", "value": 9],
                ]
            ],
        ]
        let answer = try await Self.call("conditions", AdminRequest(body: body), desk)
        #expect(answer["matches"] == true && answer["source"] == "oauth")
        #expect(answer["found"] == true && answer["person"] == nil, "no properties come along")
    }
}

extension JSONValue {
    static func text(_ text: String) -> JSONValue { JSONValue(decoding: Data(text.utf8)) ?? .null }
}
