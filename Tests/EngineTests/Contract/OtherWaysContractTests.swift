import AcmeProviders
import Engine
import ProviderKit
import Testing

@Suite("Provider contract, other ways to log in")
struct OtherWaysContractTests {
    @Test func `a provider whose users paste keys keeps it`() async throws {
        let contract = ProviderContract(KeyedAcme()) { KeyedAcmeSimulator(delivering: $0) }
        let report = await contract.run()
        #expect(report.isKept, "\(ContractTests.text(report))")
        #expect(report.results.count { $0.id.hasPrefix("keys.") && $0.outcome == .passed } > 12)
        #expect(report.results.allSatisfy { !$0.id.hasPrefix("oauth.") || $0.outcome != .passed })
    }

    @Test func `a provider whose users type a code keeps it, but for an undoing that it lacks`()
        async throws
    {
        let contract = ProviderContract(DeviceAcme()) { AcmeSimulator(delivering: $0) }
        let report = await contract.run(expecting: ["undo.back", "undo.crash"])
        #expect(report.isKept, "\(ContractTests.text(report))")
        #expect(report.count(.expectedFailure) == 2)
        #expect(report.results.count { $0.id.hasPrefix("device.") && $0.outcome == .passed } > 25)
    }

    @Test func `a provider whose service chooses the secret and lists in pages keeps it`()
        async throws
    {
        let contract = ProviderContract(WebhookShelf.giving()) { _ in
            ShelfService(.giving(WebhookShelf.hook("a", WebhookShelf.foreign)))
        }
        let report = await contract.run()
        #expect(report.isKept, "\(ContractTests.text(report))")
        #expect(
            report.results.count { $0.id.hasPrefix("provision.") && $0.outcome == .passed } > 10)
    }
}
