import Engine
import PostHogSimulator
import Testing

@Suite struct OAuthTests {
    private static let verifier = "a-verifier-of-at-least-forty-three-characters"

    @Test func `discovery names every endpoint under the issuer`() async throws {
        try await Visitor.visit { visitor in
            let document = try await visitor.get("/.well-known/oauth-authorization-server").body
            let origin = visitor.simulator.origin.absoluteString
            #expect(document["issuer"]?.string == origin)
            #expect(document["token_endpoint"]?.string == origin + "/oauth/token/")
            #expect(document["revocation_endpoint"]?.string == origin + "/oauth/revoke/")
            #expect(document["code_challenge_methods_supported"] == ["S256"])
            #expect(document["authorization_response_iss_parameter_supported"] == nil)
        }
    }

    @Test func `a code works once and only with its verifier`() async throws {
        try await Visitor.visit { visitor in
            let answer = try await visitor.authorize(verifier: Self.verifier)
            #expect(answer["state"] == "right")
            let code = answer["code"] ?? ""
            let wrong = try await visitor.exchange(code: code, verifier: "wrong")
            #expect(wrong.status == 400)
            #expect(wrong.body == ["error": "invalid_grant"])
            let right = try await visitor.exchange(code: code, verifier: Self.verifier)
            #expect(right.status == 200)
            #expect(right.body["scope"] == "project:read hog_function:write")
            #expect(right.body["scoped_teams"] == [12_345])
            let again = try await visitor.exchange(code: code, verifier: Self.verifier)
            #expect(again.body == ["error": "invalid_grant"])
        }
    }

    @Test func `a code is worth nothing after five minutes`() async throws {
        try await Visitor.visit { visitor in
            let code = try await visitor.authorize(verifier: Self.verifier)["code"] ?? ""
            visitor.simulator.switches.clockOffset = 301
            let late = try await visitor.exchange(code: code, verifier: Self.verifier)
            #expect(late.body == ["error": "invalid_grant"])
        }
    }

    @Test func `a wrong redirect address is shown in the browser`() async throws {
        try await Visitor.visit { visitor in
            let answer = try await visitor.get(
                "/oauth/authorize/?client_id=\(ClientDocument.hogsend)&redirect_uri=http://localhost:8423/callback"
            )
            #expect(answer.status == 400)
            #expect(answer.body["error_description"] == "Mismatching redirect URI.")
        }
    }

    @Test func `a refused consent comes back with the state`() async throws {
        try await Visitor.visit { visitor in
            visitor.simulator.switches.consent = .deny
            let answer = try await visitor.authorize(verifier: Self.verifier)
            #expect(answer == ["error": "access_denied", "state": "right"])
        }
    }

    @Test func `refreshing repeats the refresh token unless told to rotate`() async throws {
        try await Visitor.visit { visitor in
            let grant = visitor.simulator.grant(scopes: ["project:read"])
            let token = grant["refresh_token"]?.string ?? ""
            let pairs = [
                ("grant_type", "refresh_token"), ("refresh_token", token),
                ("client_id", ClientDocument.hogsend),
            ]
            let kept = try await visitor.form("/oauth/token/", pairs)
            #expect(kept.body["refresh_token"]?.string == token)
            #expect(kept.body["access_token"] != grant["access_token"])
            visitor.simulator.switches.rotatesRefreshTokens = true
            let rotated = try await visitor.form("/oauth/token/", pairs)
            #expect(rotated.body["refresh_token"]?.string != token)
            visitor.simulator.switches.clockOffset = 121
            let replayed = try await visitor.form("/oauth/token/", pairs)
            #expect(replayed.body == ["error": "invalid_grant"])
        }
    }

    @Test func `revoking a refresh token signs the client out everywhere`() async throws {
        try await Visitor.visit { visitor in
            let other = visitor.simulator.grant(scopes: ["project:read"])
            let token = other["refresh_token"]?.string ?? ""
            let pairs = [("token", token), ("client_id", ClientDocument.hogsend)]
            #expect(try await visitor.form("/oauth/revoke/", pairs).status == 200)
            let answer = try await visitor.get("/api/projects/12345/")
            #expect(answer.status == 401)
            #expect(answer.body["detail"] == "Invalid access token.")
        }
    }

    @Test func `a switched-on fault uses itself up`() async throws {
        try await Visitor.visit { visitor in
            visitor.simulator.add(.tokenUnavailable(times: 1))
            let first = try await visitor.form("/oauth/token/", [])
            #expect(first.status == 503)
            let second = try await visitor.form("/oauth/token/", [])
            #expect(second.body == ["error": "unsupported_grant_type"])
        }
    }

    @Test func `a cut connection gives no answer`() async throws {
        try await Visitor.visit { visitor in
            visitor.simulator.add(ServerFault("/api/", answer: .cutOff))
            await #expect(throws: HTTPClientError.self) {
                try await visitor.get("/api/projects/12345/")
            }
        }
    }
}
