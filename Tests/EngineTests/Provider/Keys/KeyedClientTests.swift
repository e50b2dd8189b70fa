import Engine
import ProviderKit
import Testing

@Suite("Keyed client")
struct KeyedClientTests {
    static func client(_ inner: any HTTPClient, host: String = "https://eu.acme.example") throws
        -> KeyedClient
    {
        KeyedClient(
            inner, .bearer(field: "key"), key: Secret("hunter2"), host: try address(host))
    }

    @Test(arguments: [
        "https://eu.acme.example", "https://eu.acme.example/api?x=https://evil.example",
        "https://EU.acme.example/api", "https://eu.acme.example:443/",
        "HTTPS://eu.acme.example/a/../b",
    ])
    func `a request to its own origin is signed`(url: String) async throws {
        let inner = ScriptedHTTPClient(HTTPResponse(status: 200))
        var request = HTTPRequest("GET", try address(url), headers: ["X-Other": "stays"])
        request.headers.append("authorization", "Bearer forged")
        _ = try await Self.client(inner).send(request)
        let sent = try #require(inner.requests.first)
        #expect(sent.headers.values(for: "Authorization") == ["Bearer hunter2"])
        #expect(sent.headers["X-Other"] == "stays")
    }

    @Test(arguments: [
        "http://eu.acme.example/", "https://us.acme.example/", "https://acme.example/",
        "https://eu.acme.example:8443/", "https://eu.acme.example.evil.example/",
        "https://eu.acme.example@evil.example/", "https://evil.example/https://eu.acme.example",
        "https://eu.acme.example./", "/api", "//eu.acme.example/", "ftp://eu.acme.example/",
        "https:///api", "file:///etc/passwd",
    ])
    func `any other place is refused and hears nothing`(url: String) async throws {
        let inner = ScriptedHTTPClient(HTTPResponse(status: 200))
        let error = await #expect(throws: HTTPClientError.self) {
            try await Self.client(inner).send(HTTPRequest("GET", try address(url)))
        }
        #expect(error?.code == "refused")
        #expect(inner.requests.isEmpty)
    }

    @Test func `no redirect is followed, since the client below follows none`() async throws {
        let inner = ScriptedHTTPClient(
            HTTPResponse(status: 302, headers: ["Location": "https://evil.example/"]))
        let request = HTTPRequest("GET", try address("https://eu.acme.example/"))
        #expect(try await Self.client(inner).send(request).status == 302)
        #expect(inner.requests.count == 1)
    }

    @Test func `no way of printing shows the token`() throws {
        let client = try Self.client(ScriptedHTTPClient())
        var text = "\(client)"
        dump(client, to: &text)
        #expect(!text.contains("hunter2"))
    }

    @Test func `a key goes in its own header, and in no other`() async throws {
        let inner = ScriptedHTTPClient(HTTPResponse(status: 200))
        let client = KeyedClient(
            inner, .header("X-Key", prefix: "Bot ", field: "k"), key: Secret("hunter2"),
            host: try address("https://a.example"))
        _ = try await client.send(HTTPRequest("GET", try address("https://a.example/x")))
        #expect(inner.requests.map { $0.headers["X-Key"] } == ["Bot hunter2"])
        #expect(inner.requests.map { $0.headers["Authorization"] } == [nil])
    }

    @Test func `without a key nothing is sent`() async throws {
        let inner = ScriptedHTTPClient(HTTPResponse(status: 200))
        let host = try address("https://a.example")
        let client = KeyedClient(inner, .bearer(field: "k"), key: Secret(""), host: host)
        await #expect(
            throws: HTTPClientError.refused(
                host: "a.example", reason: "there is no usable credential for it")
        ) { try await client.send(HTTPRequest("GET", host)) }
        #expect(inner.requests.isEmpty)
    }
}
