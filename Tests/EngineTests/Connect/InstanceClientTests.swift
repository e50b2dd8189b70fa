import Engine
import ProviderKit
import Testing

@Suite("Instance client")
struct InstanceClientTests {
    static func client(_ inner: any HTTPClient, url: String = "https://h.example/base/") throws
        -> InstanceClient
    {
        InstanceClient(url: try address(url), adminKey: Secret("hunter2"), client: inner)
    }

    @Test func `every call carries the key and stands under the address`() async throws {
        let inner = ScriptedHTTPClient { _ throws(HTTPClientError) in HTTPResponse(status: 500) }
        let client = try Self.client(inner)
        let grant = try GrantTests.read()
        _ = try? await client.health()
        _ = try? await client.connectInfo(OldService())
        _ = try? await client.credentials()
        _ = try? await client.credential("a/b")
        _ = try? await client.deleteCredential("../x")
        _ = try? await client.events([("limit", "7")])
        _ = try await client.store(StorableCredential(grant), for: "acme")
        _ = try await client.provision(OldService(), ProvisionRequest(project: "p"))
        #expect(
            inner.requests.map { "\($0.method) \($0.url.absoluteString)" } == [
                "GET https://h.example/base/v1/health",
                "GET https://h.example/base/v1/admin/old/info",
                "GET https://h.example/base/v1/admin/provider-credentials",
                "GET https://h.example/base/v1/admin/provider-credentials/a%2Fb",
                "DELETE https://h.example/base/v1/admin/provider-credentials/..%2Fx",
                "GET https://h.example/base/v1/admin/events?limit=7",
                "PUT https://h.example/base/v1/admin/provider-credentials/acme",
                "POST https://h.example/base/v1/admin/old/set-up",
            ])
        #expect(
            inner.requests.allSatisfy {
                $0.headers.values(for: "Authorization") == ["Bearer hunter2"]
            })
        #expect(inner.requests.last.map { JSONValue(decoding: $0.body) } == ["projectId": "p"])
        #expect(client.address("/v1/x") == "https://h.example/base/v1/x")
    }

    static let statuses: [(Int, Verdict)] = [
        (401, .unauthorized), (404, .noCredential), (409, .undecryptable),
        (500, .instanceUnreachable), (302, .instanceUnreachable), (403, .instanceUnreachable),
    ]

    @Test(arguments: statuses)
    func `a status about one credential has a verdict`(status: Int, verdict: Verdict) async throws {
        let body: JSONValue = ["error": "e", "detail": "d\u{1B}[2J", "remediation": "r"]
        for isDelete in [false, true] {
            let client = try Self.client(ScriptedHTTPClient(.json(status, body)))
            let error = await #expect(throws: ConnectError.self) {
                if isDelete {
                    try await client.deleteCredential("acme")
                } else {
                    _ = try await client.credential("acme")
                }
            }
            #expect(error?.verdict == verdict)
            #expect(error?.description.contains("\u{1B}") == false)
            #expect(error?.hint?.isEmpty == false)
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test(arguments: ["{}", "[]", "<html>", #"{"status":1}"#, #"{"credentials":{}}"#, ""])
    func `a 200 of another shape is no instance`(body: String) async throws {
        let response = HTTPResponse(status: 200, body: Data(body.utf8))
        let client = try Self.client(ScriptedHTTPClient { _ throws(HTTPClientError) in response })
        for call: @Sendable () async throws -> Void in [
            { _ = try await client.health() }, { _ = try await client.credentials() },
            { _ = try await client.credential("acme") },
            { _ = try await client.events([("limit", "1")]) },
        ] {
            let error = await #expect(throws: ConnectError.self) { try await call() }
            #expect(error?.verdict == .instanceUnreachable)
        }
    }

    @Test func `an answer that is too large is no instance that is away`() async throws {
        let client = try Self.client(
            ScriptedHTTPClient { request throws(HTTPClientError) in
                throw .answerTooLarge(host: "h.example", limit: request.maximumBody)
            })
        let error = await #expect(throws: ConnectError.self) {
            _ = try await client.events([("limit", "500")])
        }
        #expect(error?.verdict == .answerTooLarge)
        #expect(error?.description.contains("64 MiB") == true)
        #expect(error?.hint?.contains("--limit") == true)
    }

    @Test func `events come as they are written, also those that no value holds`() async throws {
        let event = #"{"properties":{"n":1e400,"m":12345678901234567890}}"#
        let body = Data(#"{"events":[\#(event),{}],"total":2}"#.utf8)
        let client = try Self.client(
            ScriptedHTTPClient { _ throws(HTTPClientError) in HTTPResponse(status: 200, body: body)
            })
        let page = try await client.events([])
        #expect(page.events.map(\.text) == [event, "{}"] && page.total == 2)
    }

    @Test func `a list is read as far as it can be`() async throws {
        let client = try Self.client(
            ScriptedHTTPClient(
                .json(["credentials": [["providerId": "a"], 1, ["kind": "oauth"], nil]])))
        #expect(try await client.credentials().map(\.providerID) == ["a"])
    }
}
