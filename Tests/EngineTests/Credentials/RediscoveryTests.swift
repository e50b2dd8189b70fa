import Engine
import ProviderKit
import Testing

@Suite("A token endpoint that moved")
struct RediscoveryTests {
    private static func metadata(_ endpoint: String) -> HTTPResponse {
        .json([
            "issuer": "https://acme.example", "token_endpoint": .string(endpoint),
            "authorization_endpoint": "https://acme.example/authorize",
            "code_challenge_methods_supported": ["S256"],
        ])
    }

    @Test(arguments: [404, 410])
    func `it is found at the issuer, once, and stored`(status: Int) async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(
                .json(status, [:]), Self.metadata("https://acme.example/new"),
                .tokens("access-2", "refresh-2"))
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
            #expect(
                client.lines == [
                    "POST /token", "GET /.well-known/oauth-authorization-server", "POST /new",
                ])
            #expect(try await workshop.stored("tokenEndpoint") == "https://acme.example/new")
        }
    }

    @Test(arguments: [
        ("https://acme.example/token", 2), ("https://acme.example/new", 3),
        ("https://elsewhere.example/token", 2),
    ])
    func `one that is not found is looked for again later`(
        endpoint: String, requests: Int
    ) async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(
                .json(404, [:]), Self.metadata(endpoint), .json(404, [:]))
            let manager = workshop.manager(client)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(client.requests.count == requests)
            #expect(try await workshop.status()?.word == .expiring)
            #expect(try await workshop.sent() == nil)
            #expect(try await workshop.stored("tokenEndpoint") == "https://acme.example/token")
        }
    }

    @Test func `nothing is sent there when the search took longer than the lock`() async throws {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(
                .json(404, [:]), Self.metadata("https://acme.example/new"),
                .tokens("access-2", "refresh-2"))
            let asked = Locked(0)
            let database = WatchedDatabase(database: workshop.database) { sql in
                guard sql == "HELD" else { return }
                let isSecond = asked.withLock { asked in
                    asked += 1
                    return asked == 2
                }
                if isSecond { throw DatabaseError.failed(reason: "the lease is over") }
            }
            let manager = workshop.manager(client, over: database)
            #expect(await manager.token(ifAny: "acme") == nil)
            #expect(client.requests.count == 2)
        }
    }

    @Test func `the provider says where its document lies and where endpoints may stand`()
        async throws
    {
        try await withWorkshop { workshop in
            try await workshop.store(left: -1)
            let client = ScriptedHTTPClient(
                .json(404, [:]), Self.metadata("https://login.acme.example/token"),
                .tokens("access-2", "refresh-2"))
            let registry = try ProviderRegistry([Elsewhere()])
            let manager = workshop.manager(client, registry: registry)
            #expect(await manager.token(ifAny: "acme") == Secret("access-2"))
            #expect(client.lines[1] == "GET /.well-known/openid-configuration")
        }
    }
}

/// A service whose login is on a host of its own.
private struct Elsewhere: Provider {
    let id: ProviderID = "acme"
    let name = "Elsewhere"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "client")
    let discovery = Discovery.wellKnown("openid-configuration")
    let endpointHosts = ["login.acme.example"]
}
