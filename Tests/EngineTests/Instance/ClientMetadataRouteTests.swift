import Engine
import ProviderKit
import Testing

@Suite("Client metadata route")
struct ClientMetadataRouteTests {
    static let path = "/.well-known/hogsend-documented-client.json"

    /// What an instance at that address answers to anyone.
    private func get(
        _ path: String = path, at publicURL: String = "https://me.example",
        method: String = "GET"
    ) async throws -> HTTPResponse {
        var answer: HTTPResponse?
        try await withDatabase { database in
            let registry = try ProviderRegistry([Acme(), DocumentedService()])
            let configuration = try InstanceConfiguration(
                Environment([
                    "DATABASE_URL": "sqlite:unused", "ADMIN_API_KEY": Desk.adminKey,
                    "BETTER_AUTH_SECRET": "0123456789abcdef0123456789abcdef",
                    "API_PUBLIC_URL": publicURL,
                ]), registry: registry)
            let log = Log { _ in }
            let client = ScriptedHTTPClient()
            let tokens = try TokenManager(
                configuration, registry, database, client: client, log: log)
            let router = try Instance.router(
                configuration, registry, Migrator(database, Instance.migrations), tokens,
                version: "1.2.3", client: client, log: log)
            answer = await router.respond(
                to: ServerRequest(method: method, target: path, headers: [:], body: Data()))
        }
        return try #require(answer)
    }

    @Test(arguments: ["https://me.example", "https://me.example/", "https://me.example/below"])
    func `an instance serves the document under its own address`(publicURL: String) async throws {
        let answer = try await get(at: publicURL)
        #expect(answer.status == 200 && answer.mediaType == "application/json")
        let base = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        let wanted = try #require(ClientMetadata(of: DocumentedService(), at: base + Self.path))
        #expect(JSONValue(decoding: answer.body) == wanted.json)
    }

    @Test func `it says how long the document may be kept`() async throws {
        #expect(try await get().headers["Cache-Control"] == "public, max-age=3600")
    }

    @Test func `an instance that is not reached by https has none`() async throws {
        let answer = try await get(at: "http://localhost:3002")
        let json = JSONValue(decoding: answer.body)
        #expect(answer.status == 404 && json?["error"] == "no_client_document")
        #expect(json?["remediation"]?.string?.hasPrefix("set API_PUBLIC_URL") == true)
    }

    @Test(arguments: [
        "/.well-known/hogsend-acme-client.json", "/.well-known/hogsend-nobody-client.json",
        "/.well-known/hogsend-documented-client.json/",
        "/.well-known/Hogsend-documented-client.json",
    ])
    func `other documents are not there`(path: String) async throws {
        #expect(try await get(path).status == 404)
    }

    @Test func `it is only read`() async throws {
        #expect(try await get(method: "POST").status == 405)
    }
}
