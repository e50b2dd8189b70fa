import Engine
import NewServiceProvider
import ProviderKit
import Testing

@Suite("NewService")
struct NewServiceTests {
    private let provider = NewService()

    @Test func `the registry takes it`() throws {
        #expect(try ProviderRegistry([provider]).ids == ["new-service"])
    }

    @Test func `every feature needs scopes that are asked for`() {
        for feature in provider.features {
            #expect(Set(feature.scopes).isSubset(of: provider.scopes))
        }
    }

    @Test func `its secret is read from the environment`() throws {
        let configuration = try provider.configuration(
            in: Environment(["NEW_SERVICE_WEBHOOK_SECRET": "s"]))
        #expect(configuration.webhookSecret == Secret("s"))
    }

    @Test func `it keeps the contract`() async throws {
        try await ProviderContract(provider).check()
    }
}
