import Engine
import ProviderKit
import Testing

@Suite("Features")
struct FeatureTests {
    @Test(arguments: [
        ([], []), (["workspaces:read"], ["hooks", "workspace lists"]),
        (["hooks:write"], ["hooks"]), (["other"], []),
    ])
    func `a gap is told as what will not work`(gap: [String], names: [String]) {
        let found = Acme().features(lacking: gap.map { Scope(rawValue: $0) })
        #expect(found.map(\.name) == names)
    }

    @Test func `what features need is told in the provider's order, each scope once`() {
        #expect(Acme().featureScopes == ["workspaces:read", "hooks:write"])
        #expect(ProviderRegistryTests.Bare(id: "b").featureScopes == [])
    }

    @Test func `the sentence says what follows, and nothing where nobody knows`() {
        #expect(Acme().consequence(ofMissing: ["a", "b"]) == ", so a and b will not work")
        #expect(Acme().consequence(ofMissing: []) == ", which no feature needs yet")
        #expect(ProviderRegistryTests.Bare(id: "b").consequence(ofMissing: []) == "")
    }
}
