import Engine
import ProviderKit
import Testing

/// The peer that the other suites rest on must itself tell right from wrong.
@Suite("Fake authorization server")
struct FakeAuthorizationServerTests {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let redirect = "http://127.0.0.1:9/callback"
    static let form = [
        "grant_type": "authorization_code", "code_verifier": verifier, "redirect_uri": redirect,
        "client_id": "c",
    ]

    static func visit(_ body: (FakeAuthorizationServer) async throws -> Void) async throws {
        let server = try FakeAuthorizationServer.start()
        defer { server.stop() }
        try await body(server)
    }

    static func authorize(
        _ server: FakeAuthorizationServer, _ changes: [String: String] = [:]
    ) async throws -> [String: String] {
        let asked = [
            "response_type": "code", "client_id": "c", "redirect_uri": redirect, "state": "s&t",
            "code_challenge": try PKCE(verifier: verifier).challenge,
            "code_challenge_method": "S256",
        ].merging(changes) { $1 }
        let query = FormURLEncoding.encode(asked.map { ($0.key, $0.value) })
        let url = try address("\(server.origin.absoluteString)/authorize?\(query)")
        let target = try #require(try await LoopbackBrowser().redirect(from: url))
        let pairs = FormURLEncoding.decode(target.absoluteString.dropFirst(redirect.count + 1))
        return Dictionary((pairs ?? []).map { ($0.name, $0.value) }) { "\($0)+\($1)" }
    }

    static func exchange(
        _ server: FakeAuthorizationServer, _ form: [String: String]
    ) async throws -> HTTPResponse {
        let body = FormURLEncoding.encode(form.map { ($0.key, $0.value) })
        return try await CurlClient().send(
            HTTPRequest(
                "POST", try address("\(server.origin.absoluteString)/token"),
                body: Data(body.utf8)))
    }

    @Test func `a right exchange brings tokens, and a second one does not`() async throws {
        try await Self.visit { server in
            let answer = try await Self.authorize(server)
            #expect(answer["state"] == "s&t")
            #expect(answer["iss"] == server.origin.absoluteString)
            let form = Self.form.merging(["code": answer["code"] ?? ""]) { $1 }
            #expect(try await Self.exchange(server, form).status == 200)
            let again = try await Self.exchange(server, form)
            #expect(again.status == 400)
            #expect(JSONValue(decoding: again.body)?["error"] == "invalid_grant")
        }
    }

    @Test(arguments: [
        ["code_verifier": "wrong"], ["redirect_uri": "http://127.0.0.1:8/callback"],
        ["client_id": "d"], ["code": "code-9"], ["grant_type": "password"],
    ])
    func `a wrong exchange brings none`(changes: [String: String]) async throws {
        try await Self.visit { server in
            let answer = try await Self.authorize(server)
            let form = Self.form.merging(["code": answer["code"] ?? ""]) { $1 }
                .merging(changes) { $1 }
            #expect(try await Self.exchange(server, form).status >= 400)
        }
    }

    @Test(arguments: [["code_challenge": ""], ["code_challenge_method": "plain"]])
    func `no challenge, no code`(changes: [String: String]) async throws {
        try await Self.visit { server in
            let answer = try await Self.authorize(server, changes)
            #expect(answer["code"] == nil)
            #expect(answer["error"] == "invalid_request")
        }
    }

    @Test func `a refresh token works once`() async throws {
        try await Self.visit { server in
            let code = try #require(try await Self.authorize(server)["code"])
            let first = try await Self.exchange(server, Self.form.merging(["code": code]) { $1 })
            let token = JSONValue(decoding: first.body)?["refresh_token"]?.string ?? ""
            let form = ["grant_type": "refresh_token", "refresh_token": token]
            #expect(try await Self.exchange(server, form).status == 200)
            #expect(try await Self.exchange(server, form).status == 400)
        }
    }

    @Test func `consent is edited parameter by parameter`() async throws {
        try await Self.visit { server in
            server.script.consent = .approve.setting("state", to: "x").removing("iss")
                .doubling("code", with: "y").setting("more", to: "z")
            let answer = try await Self.authorize(server)
            #expect(answer == ["state": "x", "code": "code-1+y", "more": "z"])
            server.script.consent = .deny
            #expect(try await Self.authorize(server)["error"] == "access_denied")
        }
    }

    @Test func `it says what its script says, in the order of the script`() async throws {
        try await Self.visit { server in
            server.script.issuer = "https://as.example/tenant"
            server.script.metadata = [.page(status: 503), .changing(["token_endpoint": nil])]
            let url = try address("\(server.origin.absoluteString)/.well-known/x/tenant")
            #expect(try await CurlClient().send(HTTPRequest("GET", url)).status == 503)
            for _ in 0..<2 {
                let answer = try await CurlClient().send(HTTPRequest("GET", url))
                let document = JSONValue(decoding: answer.body)
                #expect(document?["issuer"] == "https://as.example/tenant")
                #expect(document?["token_endpoint"] == nil)
            }
            #expect(server.requests.map(\.path).allSatisfy { $0 == "/.well-known/x/tenant" })
        }
    }
}
