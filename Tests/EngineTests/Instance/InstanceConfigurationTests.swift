import Engine
import ProviderKit
import Testing

@Suite("Instance configuration")
struct InstanceConfigurationTests {
    static func read(_ changes: [String: String] = [:]) throws -> InstanceConfiguration {
        let environment = [
            "DATABASE_URL": "sqlite:x.db", "ADMIN_API_KEY": "k",
            "BETTER_AUTH_SECRET": "hunter2-auth-secret-0123456789abcdef",
        ].merging(changes) { $1 }
        return try InstanceConfiguration(
            Environment(environment), registry: ProviderRegistry([Acme()]))
    }

    @Test func `without a word it is for this machine alone`() throws {
        let configuration = try Self.read()
        #expect(configuration.port == 3002)
        #expect(configuration.publicURL.absoluteString == "http://localhost:3002")
        #expect(configuration.addresses == [.loopbackIPv4, .loopbackIPv6])
        #expect(configuration.previousAuthSecrets.isEmpty && configuration.warnings.isEmpty)
    }

    @Test(arguments: [
        ("PORT", "0"), ("PORT", "65535"), ("HOST", "0.0.0.0"), ("HOST", "::"), ("HOST", "[::1]"),
        ("HOST", "localhost"), ("HOST", "LOCALHOST"), ("HOST", "10.0.0.1"),
        ("API_PUBLIC_URL", "https://h.example/base"), ("DATABASE_URL", "sqlite:///var/x.db"),
        ("ACME_HOST", "https://eu.acme.example"), ("PORT", ""), ("HOST", " "),
    ])
    func `a variable that makes sense is taken`(name: String, value: String) {
        #expect(throws: Never.self) { try Self.read([name: value]) }
    }

    @Test(arguments: [
        ("PORT", "65536"), ("PORT", "-1"), ("PORT", "http"), ("PORT", "3002.0"),
        ("HOST", "h.example"), ("HOST", "127.1"), ("HOST", "0.0.0.0:80"), ("HOST", "[::1]:80"),
        ("API_PUBLIC_URL", "h.example"), ("API_PUBLIC_URL", "ftp://h.example"),
        ("API_PUBLIC_URL", "https://h.example/{x}"),
        ("API_PUBLIC_URL", "https://h.example/?hunter2"),
        ("API_PUBLIC_URL", "https://ada:hunter2@h.example"),
        ("DATABASE_URL", "mysql://ada:hunter2@h/x"), ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", "sqlite:"),
    ])
    func `a variable that cannot be used is named and not repeated`(name: String, value: String)
        throws
    {
        do {
            _ = try Self.read([name: value])
            Issue.record("it was taken")
        } catch let error as any ActionableError {
            #expect(!error.description.contains("hunter2"))
            #expect(error.hint?.contains(name) == true)
        }
    }

    @Test func `earlier secrets are a list, newest first`() throws {
        let secrets = try Self.read(["BETTER_AUTH_SECRET_PREVIOUS": " b , a,, ,c"])
            .previousAuthSecrets
        #expect(secrets.map { $0.reveal() } == ["b", "a", "c"])
    }

    @Test(arguments: [(31, true), (32, false)])
    func `a short secret is warned about`(count: Int, isShort: Bool) throws {
        let secret = String(repeating: "x", count: count)
        #expect(try Self.read(["BETTER_AUTH_SECRET": secret]).warnings.isEmpty != isShort)
    }

    @Test(arguments: [
        ["HOST": "0.0.0.0"], ["HOST": "::"], ["HOST": "10.0.0.1"],
        ["API_PUBLIC_URL": "https://h.example"],
    ])
    func `where others reach it no key is made`(changes: [String: String]) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        for name in ["ADMIN_API_KEY", "BETTER_AUTH_SECRET"] {
            let all = changes.merging([name: "", "HOGSEND_DATA_DIR": folder.path]) { $1 }
            let error = #expect(throws: ConfigurationError.self) { try Self.read(all) }
            #expect(error?.description.contains(name) == true)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.isEmpty)
    }

    @Test func `on this machine alone keys are made once and kept`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let changes = [
            "ADMIN_API_KEY": "", "BETTER_AUTH_SECRET": "", "HOGSEND_DATA_DIR": folder.path,
        ]
        let (first, second) = (try Self.read(changes), try Self.read(changes))
        #expect(first.adminKey == second.adminKey && first.authSecret == second.authSecret)
        #expect(first.adminKey != first.authSecret)
    }
}
