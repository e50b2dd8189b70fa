import Engine
import Testing

@Suite("Connect info")
struct ConnectInfoTests {
    @Test func `its document is pinned`() throws {
        let full = ConnectInfo(
            providerID: "acme", privateHost: try address("https://us.acme.example/"),
            grantHost: try address("https://eu.acme.example"),
            apiPublicURL: try address("https://hogsend.example/base/"),
            webhookSecretConfigured: true, scopeGap: ["b", "a"],
            missingFeatures: [Feature("tea", needs: ["b"])], details: ["x": [1, nil]])
        #expect(
            String(decoding: full.json.encoded(), as: UTF8.self) == #"""
                {"apiPublicUrl":"https://hogsend.example/base","grantHost":"https://eu.acme.example",\#
                "missingFeatures":["tea"],"privateHost":"https://us.acme.example",\#
                "providerId":"acme","scopeGap":["b","a"],\#
                "webhookSecretConfigured":true,"x":[1,null]}
                """#)
        let bare = ConnectInfo(
            providerID: "acme", privateHost: nil, grantHost: nil,
            apiPublicURL: try address("http://localhost:3002"), webhookSecretConfigured: false,
            scopeGap: [], details: ["providerId": "evil", "scopeGap": "evil"])
        #expect(
            String(decoding: bare.json.encoded(), as: UTF8.self) == #"""
                {"apiPublicUrl":"http://localhost:3002","grantHost":null,"missingFeatures":[],\#
                "privateHost":null,"providerId":"acme","scopeGap":[],"webhookSecretConfigured":false}
                """#, "a provider's members replace none of the engine's")
        #expect(ConnectInfo(full.json) == full)
    }

    @Test func `it reads an older instance, which knows no region of a grant`() throws {
        let info = try #require(
            ConnectInfo(
                .text(
                    #"""
                    {"providerId":"posthog","analyticsConfigured":true,
                    "privateHost":"https://eu.posthog.com","hostExplicit":true,"projectIdHint":null,
                    "personalKeyConfigured":false,"webhookSecretConfigured":true,
                    "apiPublicUrl":"https://hogsend.example","scopeGap":["cohort:write"]}
                    """#)))
        #expect(info.providerID == "posthog" && info.privateHost == "https://eu.posthog.com")
        #expect(info.grantHost == nil && info.webhookSecretConfigured)
        #expect(info.scopeGap == ["cohort:write"])
        #expect(
            info.details == [
                "analyticsConfigured": true, "hostExplicit": true, "projectIdHint": nil,
                "personalKeyConfigured": false,
            ])
    }

    @Test(arguments: [
        "{}",
        #"{"privateHost":1,"scopeGap":"x","webhookSecretConfigured":"yes","apiPublicUrl":null}"#,
        #"{"scopeGap":[1,null,{}]}"#,
    ])
    func `members of another type are absent`(text: String) throws {
        let info = try #require(ConnectInfo(.text(text)))
        #expect(info.privateHost == nil && info.scopeGap.isEmpty && !info.webhookSecretConfigured)
        #expect(!info.isPublicURLLoopback)
    }

    @Test(arguments: [JSONValue.null, [], "text", 1])
    func `nothing else is one`(json: JSONValue) {
        #expect(ConnectInfo(json) == nil)
        #expect(ProvisionReply(json) == nil)
        #expect(CredentialSummary(json) == nil)
    }

    @Test(arguments: [
        ("http://localhost:3002", true), ("https://[::1]", true),
        ("https://hogsend.example", false),
        ("https://localhost.example", false), ("nonsense", true),
    ])
    func `it knows when nobody can deliver`(url: String, isLoopback: Bool) throws {
        let info = try #require(ConnectInfo(["apiPublicUrl": .string(url)]))
        #expect(info.isPublicURLLoopback == isLoopback)
    }
}
