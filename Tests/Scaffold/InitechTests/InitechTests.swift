import Engine
import InitechProvider
import ProviderKit
import Testing

@Suite("Initech")
struct InitechTests {
    private let provider = Initech()

    private func context(_ client: any HTTPClient) throws -> ProvisionContext {
        ProvisionContext(
            api: client, host: try #require(URL(string: "https://api.initech.example")),
            grant: nil, project: nil,
            webhookURL: try #require(URL(string: "https://hogsend.example/v1/webhooks/initech")),
            webhookSecret: Secret("s"))
    }

    @Test func `the registry takes it`() throws {
        #expect(try ProviderRegistry([provider]).ids == ["initech"])
    }

    @Test func `it keeps the contract`() async throws {
        try await ProviderContract(provider) { _ in InitechSimulator() }.check()
    }

    @Test func `the webhook is made with what the service wants`() async throws {
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            request.method == "GET" ? .json(["data": []]) : .json(201, ["id": "h1"])
        }
        let context = try context(client)
        let report = try await provider.apply(try await provider.plan(context), context)
        #expect(report.action == .created && client.writes.count == 1)
        #expect(
            JSONValue(decoding: client.writes.first?.body ?? Data()) == [
                "target": "https://hogsend.example/v1/webhooks/initech", "secret": "s",
                "events": ["*"],
            ])
    }

    @Test(arguments: [(401, "unauthorized"), (403, "missing-scope"), (500, "api-error")])
    func `a refusal is told`(status: Int, code: String) async throws {
        let client = ScriptedHTTPClient(HTTPResponse(status: status))
        let error = await #expect(throws: ProvisionError.self) {
            _ = try await provider.plan(try context(client))
        }
        #expect(error?.code == code)
    }
}
