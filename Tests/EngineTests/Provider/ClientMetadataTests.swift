import Engine
import ProviderKit
import Testing

@Suite("Client metadata")
struct ClientMetadataTests {
    private func document(_ provider: some Provider = DocumentedService()) throws -> JSONValue {
        try #require(ClientMetadata(of: provider)).json
    }

    @Test func `the document names its own address`() throws {
        #expect(try document()["client_id"]?.string == DocumentedService.address)
        let own = "https://me.example/client.json"
        let moved = try #require(ClientMetadata(of: DocumentedService(), at: own))
        #expect(moved.json["client_id"]?.string == own && moved.clientID == own)
    }

    @Test func `there is no secret in it, and none is used`() throws {
        let members = try #require(try document().object)
        #expect(members["token_endpoint_auth_method"] == "none")
        #expect(!members.keys.contains { $0.contains("secret") || $0.contains("jwks") })
    }

    @Test func `it lists what the client does and asks for`() throws {
        let document = try document()
        #expect(document["client_name"] == "Hogsend")
        #expect(document["grant_types"] == ["authorization_code", "refresh_token"])
        #expect(document["response_types"] == ["code"])
        #expect(document["scope"] == "b:read a:write")
        var silent = DocumentedService()
        silent.scopes = []
        #expect(try self.document(silent)["scope"] == nil)
    }

    @Test func `every redirect URI is in it`() throws {
        var provider = DocumentedService()
        let path = "/callback/documented"
        #expect(
            try document(provider)["redirect_uris"] == [
                .string("http://127.0.0.1\(path)"), .string("http://[::1]\(path)"),
            ])
        provider.redirectPorts = [81, 82]
        #expect(
            try document(provider)["redirect_uris"] == [
                .string("http://127.0.0.1:81\(path)"), .string("http://127.0.0.1:82\(path)"),
            ])
        provider.redirectHost = .localhost
        #expect(try document(provider)["redirect_uris"]?.array?.count == 2)
        provider.redirectPorts = []
        #expect(try document(provider)["redirect_uris"] == [.string("http://localhost\(path)")])
    }

    static let otherWays = [
        Authentication.authorizationCode(clientID: "hogsend-cli"),
        .authorizationCode(clientID: "http://hogsend.example/client.json"),
        .deviceCode(clientID: DocumentedService.address),
        .keys([KeyField("token", label: "token")], use: .bearer(field: "token")),
    ]

    @Test(arguments: otherWays)
    func `a client that is known otherwise has none`(way: Authentication) {
        var provider = DocumentedService()
        provider.authentication = way
        #expect(ClientMetadata(of: provider) == nil)
        #expect(ClientMetadata(of: provider, at: "https://me.example/client.json") == nil)
    }

    @Test(arguments: [
        "", "client", "http://me.example/c", "https://me.example", "https://me.example/",
        "https://me.example//", "https://u@me.example/c", "https://u:p@me.example/c",
        "https://me.example/c?", "https://me.example/c?x=1", "https://me.example/c#",
        "https://me.example/a/../c", "https://me.example/./c", "https://me.example/%2E%2e/c",
        "https://me.example/c d", "https://me.example/\\c", "https://me.example/ü",
        "HTTPS://me.example/c", "https:///c", " https://me.example/c",
        "https://me.example/" + String(repeating: "c", count: 2048),
    ])
    func `an address that a server would refuse is no id`(address: String) {
        #expect(!ClientMetadata.isAddress(address))
        #expect(ClientMetadata(of: DocumentedService(), at: address) == nil)
    }

    @Test(arguments: [
        "https://me.example/c", "https://me.example:8443/a/b.json", "https://me.example/a.b/..c",
    ])
    func `an address with a path is one`(address: String) {
        #expect(ClientMetadata.isAddress(address))
    }

    static let changes: [(String, JSONValue?, Bool)] = [
        ("client_id", "https://hogsend.example/other", true), ("client_name", "Other", true),
        ("redirect_uris", ["http://127.0.0.1/callback/documented"], true),
        ("redirect_uris", "http://127.0.0.1/callback/documented", true),
        ("redirect_uris", nil, true), ("scope", "b:read", true), ("scope", ["a:write"], true),
        ("scope", "a:write  more b:read", false), ("grant_types", ["authorization_code"], true),
        ("token_endpoint_auth_method", "client_secret_basic", true),
        ("token_endpoint_auth_method", nil, true), ("response_types", ["token", "code"], false),
        ("logo_uri", "https://hogsend.example/logo.png", false), ("client_id", nil, true),
    ]

    @Test(arguments: changes)
    func `a document differs where it falls short`(
        member: String, value: JSONValue?, differs: Bool
    ) throws {
        var members = try #require(try document().object)
        members[member] = value
        let wanted = try #require(ClientMetadata(of: DocumentedService()))
        #expect(wanted.differences(from: .object(members)) == (differs ? [member] : []))
    }

    @Test(arguments: [JSONValue.null, [], "text", [:]])
    func `of a document that is none every member differs`(found: JSONValue) throws {
        let wanted = try #require(ClientMetadata(of: DocumentedService()))
        #expect(wanted.differences(from: found).count == 7)
    }
}
