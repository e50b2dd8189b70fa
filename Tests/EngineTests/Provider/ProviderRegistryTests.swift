import Engine
import ProviderKit
import Testing

@Suite("Provider registry")
struct ProviderRegistryTests {
    /// A provider with nothing but what it must have.
    struct Bare: Provider {
        let id: ProviderID
        let name = "Bare"
        let hosts: [ProviderHost] = []
        var authentication = Authentication.authorizationCode(clientID: "c")
    }

    @Test func `it keeps the order and finds by name`() throws {
        let registry = try ProviderRegistry([Bare(id: "b"), Acme(), Bare(id: "a-1")])
        #expect(registry.ids == ["b", "acme", "a-1"])
        #expect(try registry.provider("acme").name == "Acme")
        #expect(try ProviderRegistry([]).ids == [])
    }

    @Test(arguments: ["", "ACME", "acme ", "acm", "nobody", "acme\u{0}"])
    func `an unknown name is told the known ones`(name: String) throws {
        let registry = try ProviderRegistry([Acme(), Bare(id: "b")])
        let error = #expect(throws: UnknownProvider.self) { try registry.provider(name) }
        #expect(error?.known == ["acme", "b"] && error?.code == "unknown_provider")
        #expect(error?.hint == "use one of: acme, b")
    }

    @Test func `a stranger's name is cleaned and cut`() throws {
        let name = "\u{1B}[2J" + String(repeating: "x", count: 500)
        let error = #expect(throws: UnknownProvider.self) {
            try ProviderRegistry([]).provider(name)
        }
        #expect(error?.id.count == 60 && error?.description.contains("\u{1B}") == false)
    }

    @Test(arguments: [
        "", "Acme", "1st", "-a", "a_b", "a b", "a/b", "a.b", "ä", "a\u{0}", "a\n",
        String(repeating: "a", count: 41),
    ])
    func `an id that fits no command, path or variable is refused`(id: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ProviderRegistry([Bare(id: ProviderID(rawValue: id))])
        }
        #expect(error?.hint == "rename the provider")
    }

    @Test func `two of one name are refused`() {
        let error = #expect(throws: ConfigurationError.self) {
            try ProviderRegistry([Acme(), Bare(id: "b"), Bare(id: "acme")])
        }
        #expect(error?.description == "two providers are called 'acme'")
    }

    @Test(arguments: [[], ["other"], ["key", "key"], ["key", ""]])
    func `one that carries a key which it does not ask for is refused`(names: [String]) throws {
        var bare = Bare(id: "bare")
        bare.authentication = .keys(
            names.map { KeyField($0, label: "key") }, use: .bearer(field: "key"))
        let error = #expect(throws: ConfigurationError.self) { try ProviderRegistry([bare]) }
        #expect(error?.description.contains("'bare'") == true)
        bare.authentication = .keys([KeyField("key", label: "key")], use: .bearer(field: "key"))
        #expect(try ProviderRegistry([bare]).ids == ["bare"])
    }

    @Test func `what a provider leaves out has a default`() async throws {
        let bare = Bare(id: "bare")
        let context = ProvisionContext(
            api: ScriptedHTTPClient(), host: try address("https://h.example"), grant: nil,
            project: nil, webhookURL: try address("https://i.example"), webhookSecret: nil)
        let url = try address("https://h.example")
        #expect(bare.discovery == .wellKnown() && bare.scopes == [] && bare.redirectPorts == [])
        #expect(bare.callbackPath == "/callback/bare" && bare.authorizationParameters == [:])
        #expect(bare.endpointHosts == [] && bare.grantFields == [] && bare.requiresRefreshToken)
        #expect(bare.routes == nil && bare.webhook == nil && bare.unsupportedHint == nil)
        #expect(bare.features == [] && bare.commands.isEmpty)
        let access = ProviderAccess(
            configuration: ProviderConfiguration(), client: ScriptedHTTPClient(),
            service: { () async throws(NoAccess) in throw .noCredential })
        #expect(bare.adminRoutes(access).isEmpty)
        #expect(bare.resolve(url) == ResolvedHost(url))
        #expect(bare.grantHost(authorizedAt: url, members: ["host": "x"]) == url)
        #expect(bare.clientRoutes.provision == "/v1/admin/providers/bare/provision")
        let plan = try await bare.plan(context)
        let report = try await bare.apply(plan, context)
        #expect(plan == .nothingToDo && report.action == .unchanged && report.derived.isEmpty)
    }

    @Test(arguments: [
        (["workspaces:read", "hooks:write"], []), (["hooks:write"], ["workspaces:read"]),
        ([], ["workspaces:read", "hooks:write"]),
        (["workspaces:write"], ["workspaces:read", "hooks:write"]),
        (["hooks:write", "x", "workspaces:read"], []),
    ])
    func `a gap is what was declared and not granted, in the declared order`(
        granted: [String], gap: [String]
    ) {
        let scopes = granted.map { Scope(rawValue: $0) }
        #expect(Acme().scopeGap(of: scopes).map(\.rawValue) == gap)
    }
}
