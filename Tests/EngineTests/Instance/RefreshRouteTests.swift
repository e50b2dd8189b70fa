import Engine
import ProviderKit
import Testing

@Suite("Refresh route")
struct RefreshRouteTests {
    static let path = Desk.credential + "/refresh"

    static func answer(_ members: [String: JSONValue]) -> HTTPResponse {
        .json(.object(["token_type": "Bearer"].merging(members) { $1 }))
    }

    @Test func `a fresh token is renewed all the same, and the answer shows no token`()
        async throws
    {
        try await Desk.open { desk in
            await desk.connect()
            let renewed = Self.answer([
                "access_token": "hunter2-b", "refresh_token": "hunter2-rb", "expires_in": 7200,
                "scope": "workspaces:read", "workspace": "w2",
            ])
            desk.service.state.withLock { $0.refresh = renewed }
            let answer = await desk.call("POST", Self.path)
            #expect(answer.status == 200)
            #expect(!answer.text.contains("hunter2"))
            #expect(answer.json["status"] == "ok" && answer.json["workspace"] == "w2")
            #expect(answer.json["scopes"] == ["workspaces:read"])
            #expect(answer.json["scopeGap"] == ["hooks:write"])
            #expect(desk.service.lines == ["POST /token"])
        }
    }

    @Test func `without a credential there is nothing to refresh`() async throws {
        try await Desk.open { desk in
            let answer = await desk.call("POST", Self.path)
            #expect(answer.status == 404 && answer.error == "not_found")
            #expect(desk.service.requests.isEmpty)
        }
    }

    @Test func `a refused refresh says that the user is needed, and keeps the row`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let answer = await desk.call("POST", Self.path)
            #expect(answer.status == 502 && answer.error == "needs_reconnect")
            #expect(answer.json["detail"]?.string?.contains("invalid_grant") == true)
            #expect(answer.json["remediation"] == "run `hogsend connect acme`")
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.status == 200 && shown.json["status"] == "needs_reconnect")
            #expect(shown.json["since"]?.string.flatMap { Date(iso8601: $0) } != nil)
            #expect(desk.log.withLock { $0 }.contains(#""event":"needs_reconnect""#))
        }
    }

    @Test func `a login after that makes it good again`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Self.path)
            await desk.connect(["refreshToken": "hunter2-new"])
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.json["status"] == "ok" && shown.json["reason"] == .null)
        }
    }

    @Test func `a credential of another secret cannot be refreshed and says why`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let other = try desk.restarted(["BETTER_AUTH_SECRET": "hunter2-another-secret"])
            let answer = await other.call("POST", Self.path)
            #expect(answer.status == 409 && answer.error == "credential_undecryptable")
        }
    }

    @Test func `word of it is sent once to the address that was set`() async throws {
        try await Desk.open(["HOGSEND_ALERT_URL": "https://chat.example/hooks?key=hunter2"]) {
            desk in
            await desk.connect()
            _ = await desk.call("POST", Self.path)
            _ = await desk.call("POST", Self.path)
            let alerts = try await eventually {
                desk.service.requests.filter { $0.url.host() == "chat.example" }
            }
            #expect(alerts.count == 1)
            let body = try #require(alerts.first.flatMap { JSONValue(decoding: $0.body) })
            #expect(body["event"] == "needs_reconnect" && body["providerId"] == "acme")
            #expect(body["reason"] == "refresh_refused")
        }
    }

    private func eventually(_ read: () -> [HTTPRequest]) async throws -> [HTTPRequest] {
        for _ in 0..<100 where read().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        return read()
    }
}
