import Engine
import ProviderKit
import Testing

@Suite("Provision call")
struct ProvisionCallTests {
    private func call(
        _ result: Result<HTTPResponse, HTTPClientError>, _ path: String = "/hooks",
        _ body: JSONValue? = nil, at host: String = "https://h.example/base"
    ) async throws -> (json: JSONValue, client: ScriptedHTTPClient) {
        let client = ScriptedHTTPClient([result])
        let context = ProvisionContext(
            api: client, host: try address(host), grant: nil, project: nil,
            webhookURL: try address("https://i.example"), webhookSecret: nil)
        return (try await context.call("POST", path, body, for: "acme"), client)
    }

    @Test func `it sends JSON below the host and reads JSON`() async throws {
        let body: JSONValue = ["a": 1]
        let (json, client) = try await call(.success(.json(201, ["id": 7])), "/hooks", body)
        #expect(json == ["id": 7] && client.lines == ["POST /base/hooks"])
        #expect(client.requests.first?.body == body.encoded())
    }

    @Test(arguments: [200, 204])
    func `an empty answer is null`(status: Int) async throws {
        #expect(try await call(.success(HTTPResponse(status: status))).json == .null)
    }

    @Test func `a page is not taken for an empty answer`() async throws {
        let page = HTTPResponse(status: 200, body: Data("<html>".utf8))
        let error = await #expect(throws: ProvisionError.self) {
            _ = try await call(.success(page))
        }
        #expect(error?.code == "unsupported-instance")
    }

    static let refusals: [(Result<HTTPResponse, HTTPClientError>, ProvisionError)] = [
        (.success(HTTPResponse(status: 401)), .unauthorized(provider: "acme")),
        (.success(HTTPResponse(status: 403)), .missingScope(nil, provider: "acme")),
        (
            .success(.json(302, [:])),
            .unexpectedAnswer(step: "POST /hooks", status: 302, detail: nil)
        ),
        (
            .success(.json(500, ["detail": "hunter2"])),
            .unexpectedAnswer(step: "POST /hooks", status: 500, detail: nil)
        ),
        (
            .failure(.unreachable(host: "h.example", reason: "no name")),
            .unexpectedAnswer(
                step: "POST /hooks", status: nil, detail: "no connection to 'h.example': no name")
        ),
    ]

    @Test(arguments: refusals)
    func `a refusal is worded`(
        result: Result<HTTPResponse, HTTPClientError>, error: ProvisionError
    ) async throws {
        await #expect(throws: error) { _ = try await call(result) }
    }
}
