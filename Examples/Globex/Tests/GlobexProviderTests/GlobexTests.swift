import Engine
import GlobexProvider
import ProviderKit
import Testing

@Suite("Globex")
struct GlobexTests {
    private let provider = Globex()

    @Test func `the registry takes it beside another one`() throws {
        #expect(try ProviderRegistry([Acme(), provider]).ids == ["acme", "globex"])
    }

    @Test func `its secret is read from the environment`() throws {
        let environment = Environment(["GLOBEX_WEBHOOK_SECRET": "whsec_c2VjcmV0"])
        let configuration = try provider.configuration(in: environment)
        #expect(configuration.webhookSecret == Secret("whsec_c2VjcmV0"))
        #expect(try provider.configuration(in: Environment([:])).webhookSecret == nil)
    }

    @Test func `it has nothing to set up`() async throws {
        let url = try #require(URL(string: "https://globex.example"))
        let context = ProvisionContext(
            api: ScriptedHTTPClient(), host: url, grant: nil, project: nil, webhookURL: url,
            webhookSecret: nil)
        #expect(try await provider.plan(context) == .nothingToDo)
    }

    @Test func `it keeps the contract`() async throws {
        try await ProviderContract(provider).check()
    }
}
