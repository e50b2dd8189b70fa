import Engine
import ProviderKit
import Testing

/// A service whose API stands on another host than its login.
private struct Split: Provider {
    let id: ProviderID = "split"
    let name = "Split"
    var hosts = [
        ProviderHost("Split EU", "https://id.split.example/eu", api: "https://eu.split.example"),
        ProviderHost("Split US", "https://id.split.example/us", api: "https://us.split.example"),
    ]
    let authentication = Authentication.authorizationCode(clientID: "c")
}

@Suite("Provider hosts")
struct ProviderHostTests {
    @Test(arguments: [
        ("https://id.split.example/us", "https://us.split.example"),
        ("https://id.split.example/us/", "https://us.split.example"),
        ("https://id.split.example/eu", "https://eu.split.example"),
        ("https://id.split.example", "https://id.split.example"),
        ("https://self.example", "https://self.example"),
    ])
    func `a grant is good for the API of the place it was given at`(login: String, api: String)
        throws
    {
        let host = Split().grantHost(authorizedAt: try address(login), members: [:])
        #expect(host.absoluteString == api)
    }

    @Test(arguments: [
        ("https://us.split.example", "https://id.split.example/us"),
        ("https://us.split.example/", "https://id.split.example/us"),
        ("https://id.split.example/us", "https://id.split.example/us"),
        ("https://self.example", "https://self.example"),
    ])
    func `a login goes to the place of an API`(api: String, login: String) throws {
        #expect(Split().loginHost(of: try address(api)).absoluteString == login)
    }

    @Test func `who names the API, or connects again, logs in where its place is`() async throws {
        try await LoginStage.set { stage in
            var provider = Split()
            let login = stage.server.origin.withoutTrailingSlash
            provider.hosts = [
                ProviderHost("Split", login, api: "https://api.split.example")
            ]
            for host in [login, "https://api.split.example"] {
                _ = try await stage.connect(provider, host: host)
                #expect(stage.stored?["privateHost"] == "https://api.split.example")
            }
        }
    }
}
