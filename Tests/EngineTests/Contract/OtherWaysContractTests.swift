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

    @Test(arguments: [true, false])
    func `a provider that describes its webhooks as data keeps it`(givesSecrets: Bool) async throws
    {
        let contract = ProviderContract(HookAcme(givesSecrets: givesSecrets)) { _ in
            HookAcmeSimulator(givesSecrets: givesSecrets)
        }
        let report = await contract.run()
        #expect(report.isKept, "\(ContractTests.text(report))")
        #expect(report.results.first { $0.id == "provision.delivers" }?.outcome == .passed)
        #expect(
            report.results.first { $0.id == "rotation.told" }?.outcome
                == (givesSecrets ? .notApplicable : .passed))
    }
}
