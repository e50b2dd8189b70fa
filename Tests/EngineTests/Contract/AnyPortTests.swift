import Engine
import ProviderKit
import Testing

@Suite("Any port")
struct AnyPortTests {
    /// The names of a protocol's or type's members, with a function's labels.
    private static func members(_ text: String, in section: Substring) throws -> Set<String> {
        Set(
            try section.matches(of: Regex(#"(?:public )?(?:var|func) (\w+)"#))
                .compactMap { $0.output[1].substring.map(String.init) })
    }

    @Test func `every requirement of a provider is forwarded, but for the ports`() throws {
        let sources = try SourceFile.all(under: "Sources")
        let declared = try #require(
            sources.first { $0.path.hasSuffix("Engine/Provider/Provider.swift") })
        let wrapper = try #require(sources.first { $0.path.hasSuffix("Contract/AnyPort.swift") })
        let end = try #require(declared.code.firstRange(of: "extension Provider")).lowerBound
        let wanted = try Self.members("Provider", in: declared.code[..<end])
        let found = try Self.members("AnyPort", in: wrapper.code[...])
        #expect(wanted.count > 25)
        #expect(wanted.subtracting(found) == [])
        for name in wanted.subtracting(["redirectPorts", "webhook"]) {
            #expect(wrapper.text.contains("base.\(name)"), "\(name)")
        }
    }

    @Test func `the contract knows the type of every member that a provider may store`() throws {
        let sources = try SourceFile.all(under: "Sources")
        let declared = try #require(
            sources.first { $0.path.hasSuffix("Engine/Provider/Provider.swift") })
        let checks = try #require(sources.first { $0.path.hasSuffix("MemberChecks.swift") })
        let end = try #require(declared.code.firstRange(of: "extension Provider")).lowerBound
        let stored = declared.code[..<end].matches(of: /var (\w+): (.+) \{ get \}/)
        #expect(stored.count == 22)
        for match in stored {
            let (name, type) = (String(match.1), match.2.replacing("any ", with: ""))
            #expect(checks.text.contains("\"\(name)\": \(type).self"), "\(name)")
        }
    }

    @Test func `pinned ports become any port, and all else stays`() {
        let wrapped = AnyPort(Pinned())
        #expect(wrapped.redirectPorts == [] && wrapped.callbackPath == "/pinned")
        #expect(wrapped.id == "pinned" && wrapped.scopes == ["a"])
        #expect(wrapped.grant([], covers: "a"))
    }
}

private struct Pinned: Provider {
    let id: ProviderID = "pinned"
    let name = "Pinned"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "c")
    let scopes: [Scope] = ["a"]
    let redirectPorts: [UInt16] = [8423]
    let callbackPath = "/pinned"

    func grant(_ granted: Set<Scope>, covers scope: Scope) -> Bool { true }
}
