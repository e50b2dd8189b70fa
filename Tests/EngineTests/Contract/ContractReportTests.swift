import Engine
import ProviderKit
import Testing

/// Acme with some of what a provider must not say.
private struct Flawed: Provider {
    let id: ProviderID = "flawed"
    let name = "Flawed"
    let hosts = [ProviderHost("Flawed", "http://flawed.example/")]
    let authentication = Authentication.authorizationCode(clientID: "flawed")
    let scopes: [Scope] = ["a", "a"]
    let redirectPorts: [UInt16] = [80]
    let authorizationParameters = ["state": "fixed"]
    let features = [Feature("a feature", needs: ["b"])]
    let grantFields = [GrantField("refresh_token", as: "refreshToken", fallback: nil)]
    let refreshTokenIdleLimit: Duration? = .zero
}

@Suite("Contract report")
struct ContractReportTests {
    static let flaws: Set = [
        "declaration.authorization-parameters", "declaration.features.scopes",
        "declaration.grant-fields.members", "declaration.grant-fields.names",
        "declaration.hosts", "declaration.idle-limit", "declaration.redirect.ports",
        "declaration.scopes.unique",
    ]

    @Test func `each flaw of a declaration has a check of its own`() async {
        let report = await ProviderContract(Flawed()).run("declaration")
        #expect(Set(report.broken.map(\.id)) == Self.flaws)
        #expect(!report.isKept)
    }

    @Test func `what is broken is thrown, a line for each id with its sentence`() async throws {
        let error = await #expect(throws: ContractBroken.self) {
            try await ProviderContract(Flawed()).check()
        }
        let text = try #require(error).description
        #expect(text.hasPrefix("the contract of 'flawed' is broken:\n"))
        #expect(text.contains("declaration.scopes.unique: no scope is asked for twice (the scope"))
        #expect(error?.hint?.hasPrefix("mend") == true)
    }

    @Test func `a failure that was expected is none, one that passes is`() async {
        let expected = await ProviderContract(Flawed()).run("declaration", expecting: Self.flaws)
        #expect(expected.isKept && expected.count(.expectedFailure) == Self.flaws.count)
        let surprised = await ProviderContract(Flawed()).run(
            "declaration", expecting: Self.flaws.union(["declaration.id"]))
        #expect(!surprised.isKept && surprised.broken.map(\.id) == ["declaration.id"])
        #expect(surprised.broken.first?.outcome == .surprise)
    }

    @Test func `an expectation that no check has is told`() async {
        let report = await ProviderContract(Acme()).run("declaration", expecting: ["no.such"])
        #expect(!report.isKept && report.unknown == ["no.such"])
    }

    @Test func `the report is a JSON document`() async throws {
        let folder = try TemporaryFolder()
        let report = await ProviderContract(Flawed()).run("declaration")
        try report.write(to: folder.file("report.json"))
        let bytes = try #require(FileManager.default.contents(atPath: folder.file("report.json")))
        let json = try #require(JSONValue(decoding: bytes))
        #expect(json == report.json)
        #expect(json["provider"] == "flawed" && json["kept"] == false)
        #expect(json["counts"]?["failed"] == .integer(Int64(Self.flaws.count)))
        let checks = try #require(json["checks"]?.array)
        #expect(checks.count == report.results.count)
        for check in checks {
            #expect(check["id"]?.string != nil && check["claim"]?.string != nil)
            #expect(check["outcome"] == "passed" || check["reason"]?.string != nil)
        }
    }
}
