import Engine
import Testing

@Suite("Connect-info route")
struct ConnectInfoRouteTests {
    @Test func `a bare instance says so`() async throws {
        try await Desk.open(["API_PUBLIC_URL": ""]) { desk in
            let answer = await desk.call("GET", Desk.info)
            #expect(answer.status == 200)
            #expect(
                answer.json
                    == .text(
                        #"""
                        {"providerId":"acme","privateHost":null,"grantHost":null,
                        "apiPublicUrl":"http://localhost:3002","webhookSecretConfigured":false,
                        "scopeGap":[],"missingFeatures":[],"apiKeyConfigured":false}
                        """#))
        }
    }

    @Test func `a full one says that secrets are there, and nothing of them`() async throws {
        let environment = [
            "ACME_HOST": "https://us.acme.example/", "ACME_API_KEY": "hunter2-key",
            "ACME_WEBHOOK_SECRET": "hunter2-secret", "API_PUBLIC_URL": "https://hogsend.example/",
        ]
        try await Desk.open(environment) { desk in
            await desk.connect(["scopes": ["workspaces:read", "other"]])
            let answer = await desk.call("GET", Desk.info)
            #expect(
                answer.json
                    == .text(
                        #"""
                        {"providerId":"acme","privateHost":"https://us.acme.example",
                        "grantHost":"https://eu.acme.example","apiPublicUrl":"https://hogsend.example",
                        "webhookSecretConfigured":true,"scopeGap":["hooks:write"],
                        "missingFeatures":["hooks"],"apiKeyConfigured":true,
                        "personalKeyConfigured":true}
                        """#))
        }
    }

    @Test func `a grant that cannot be opened is none`() async throws {
        try await Desk.open { desk in
            await desk.connect(["scopes": []])
            _ = await desk.call("POST", Desk.provision)
            let other = try desk.restarted(["BETTER_AUTH_SECRET": "hunter2-another-secret"])
            let answer = await other.call("GET", Desk.info)
            #expect(answer.status == 200)
            #expect(answer.json["grantHost"] == .null && answer.json["scopeGap"] == [])
            #expect(answer.json["webhookSecretConfigured"] == true)
            #expect(answer.json["webhookSecretReadable"] == false)
        }
    }

    @Test func `older paths answer like the standard ones`() async throws {
        try await Desk.open { desk in
            let old = await desk.call("GET", "/v1/admin/old/info")
            let new = await desk.call("GET", "/v1/admin/providers/old-service/connect-info")
            #expect(old.status == 200 && old.text == new.text)
            #expect(old.json["providerId"] == "old-service")
        }
    }
}
