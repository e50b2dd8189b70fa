import Engine
import Testing

@Suite("Duplicates")
struct DuplicateTests {
    @Test func `one that delivers is disabled by a field of its own, and one that does not is not`()
    {
        let duplicate = ProvisionPlan.Duplicate(
            id: "7", address: "https://a.example/", isEnabled: true)
        #expect(duplicate.disabling == .init("duplicates.7.enabled", from: "true", to: "false"))
        #expect(duplicate.disabled.disabling == nil && duplicate.disabled.id == "7")
        #expect(ProvisionPlan.Duplicate.isField(ProvisionPlan.Duplicate.field("x")))
        #expect(!ProvisionPlan.Duplicate.isField("enabled"))
    }
}
