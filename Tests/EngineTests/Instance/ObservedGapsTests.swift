import ProviderKit
import Testing

@testable import Engine

@Suite("Observed gaps")
struct ObservedGapsTests {
    private let clock = Locked(Date(timeIntervalSince1970: 0))
    private let gaps: ObservedGaps

    init() {
        let clock = clock
        gaps = ObservedGaps(now: { clock.withLock { $0 } })
    }

    private func gap(_ granted: [Scope] = ["workspaces:read", "hooks:write"]) -> [Scope] {
        gaps.gap(of: granted, Acme())
    }

    @Test func `what was refused is a gap for ten minutes, though the grant names it`() {
        gaps.note("hooks:write", of: "acme", isMissing: true)
        #expect(gap() == ["hooks:write"] && gap([]) == ["workspaces:read", "hooks:write"])
        #expect(gaps.gap(of: [], ProviderRegistryTests.Bare(id: "b")) == [])
        clock.withLock { $0 += 599 }
        #expect(gap() == ["hooks:write"])
        clock.withLock { $0 += 2 }
        #expect(gap() == [])
    }

    @Test func `a call that goes well, and another credential, heal it`() {
        for heal in [
            { gaps.note("hooks:write", of: "acme", isMissing: false) }, { gaps.forget("acme") },
        ] {
            gaps.note("hooks:write", of: "acme", isMissing: true)
            heal()
            #expect(gap() == [])
        }
    }

    @Test func `of a pasted key only what was seen is known`() {
        #expect(gaps.missingFeatures(nil, Acme()) == [])
        gaps.note("hooks:write", of: "acme", isMissing: true)
        #expect(gaps.missingFeatures(nil, Acme()).map(\.name) == ["hooks"])
    }

    @Test func `a scope that nobody expected is no gap`() {
        gaps.note("other", of: "acme", isMissing: true)
        #expect(gap() == [])
    }
}
