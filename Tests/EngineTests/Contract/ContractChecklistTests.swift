import Engine
import ProviderKit
import Testing

/// Every line of Tests/CHECKLIST.md that a provider can make untrue has a check of the contract.
@Suite("Contract and checklist")
struct ContractChecklistTests {
    /// Lines that are the engine's alone, whatever the provider: its sockets, its certificates, its
    /// browser; and those of abilities that no provider has yet.
    static let others: Set = [
        "8252-3", "8252-4", "8252-10", "8252-11", "8252-14", "8414-7", "8414-10",
        "CIMD-2", "CIMD-3", "CIMD-4", "CIMD-5", "CIMD-7", "CIMD-8", "CIMD-9",
    ]

    @Test func `each line has a check, or is not a provider's`() throws {
        let lines = Set(try ChecklistTests().rows.map(\.id))
        let checked = Set(ProviderContract.checklist.keys)
        #expect(checked.subtracting(lines) == [], "no such line")
        #expect(lines.subtracting(checked).subtracting(Self.others) == [])
        #expect(checked.intersection(Self.others) == [])
    }
}
