import Engine
import ProviderKit

/// What resolving and loading a token costs: `credential-benchmark DATABASE-URL …`.
@main
struct Benchmark {
    static func main() async throws {
        for url in CommandLine.arguments.dropFirst() {
            let database = try await DatabaseURL(url).open()
            try await Migrator(database, Instance.migrations).migrate()
            try await Benchmark(database, name: String(url.prefix { $0 != ":" })).run()
            await database.close()
        }
    }

    private let database: any Database
    private let name: String
    private let sealer: CredentialSealer
    private let store: CredentialStore

    private init(_ database: any Database, name: String) throws {
        self.database = database
        self.name = name
        sealer = try CredentialSealer(secret: Secret(Random.token()))
        store = CredentialStore(database, sealer: sealer)
    }

    private func run() async throws {
        print(name)
        for rows in [1, 1000] {
            try await fill(rows)
            try await load(among: rows)
        }
        try await resolve()
    }

    private func fill(_ count: Int) async throws {
        let first =
            try await database.query("SELECT count(*) AS rows FROM provider_credentials")
            .first?.integer("rows") ?? 0
        for number in Int(first)..<count {
            _ = try await store.save(Self.provider(number), .oauth, Self.grant)
        }
    }

    // MARK: Measuring

    /// One token, again and again, from one task.
    private func resolve() async throws {
        let tokens = TokenManager(
            TokenParts(database: database, sealer: sealer, client: ScriptedHTTPClient([])),
            registry: try ProviderRegistry([]))
        await tokens.sync()
        // Away from the main thread, as an instance's handlers are.
        let rate = await Task.detached {
            await Self.rate(of: 2_000_000) {
                for _ in 0..<2_000_000 { _ = await tokens.token(ifAny: Self.provider0) }
            }
        }.value
        print("  resolve from memory, one task   \(Self.shown(rate))")
    }

    /// Query, unseal and decode apart, and the three as `load` does them.
    private func load(among rows: Int) async throws {
        let count = 5_000
        let provider = Self.provider(rows / 2)
        let sql = """
            SELECT provider_id, kind, payload, created_at, updated_at FROM provider_credentials
            WHERE provider_id = $1 AND kind = $2
            """
        let payload =
            try await database.query(sql, .text(provider.rawValue), .text("oauth"))
            .first?.text("payload") ?? ""
        let plaintext = try sealer.open(payload, provider: provider, kind: .oauth).plaintext
        let query = try await Self.rate(of: count) {
            for _ in 0..<count {
                try await database.query(sql, .text(provider.rawValue), .text("oauth"))
            }
        }
        let open = try await Self.rate(of: count) {
            for _ in 0..<count { _ = try sealer.open(payload, provider: provider, kind: .oauth) }
        }
        let decode = await Self.rate(of: count) {
            for _ in 0..<count { _ = JSONValue(decoding: plaintext) }
        }
        let whole = try await Self.rate(of: count) {
            for _ in 0..<count { _ = try await store.load(provider, .oauth) }
        }
        let allowed = 1 / (1 / query + 1 / open + 1 / decode)
        print("  load among \(rows) rows")
        for (name, rate) in [("query", query), ("unseal", open), ("decode", decode)] {
            print("    \(name.padded(28))\(Self.shown(rate))")
        }
        print(
            "    \("load, all three".padded(28))\(Self.shown(whole)), "
                + "\((whole / allowed * 100).rounded() / 100) of what they allow")
    }

    private static func rate(of count: Int, _ body: () async throws -> Void) async rethrows
        -> Double
    {
        let start = ContinuousClock.now
        try await body()
        let elapsed = start.duration(to: .now).components
        return Double(count) / (Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    }

    private static func shown(_ rate: Double) -> String { "\(Int(rate))/s" }

    // MARK: Rows

    private static let provider0 = provider(0)

    private static func provider(_ number: Int) -> ProviderID {
        ProviderID(rawValue: "made-up-\(number)")
    }

    /// Of the size of a real one: two long tokens, thirteen scopes.
    private static let grant: JSONValue = [
        "accessToken": .string("pha_" + String(repeating: "a", count: 64)),
        "refreshToken": .string("phr_" + String(repeating: "r", count: 64)),
        "expiresAt": "2099-01-01T00:00:00.000Z",
        "tokenEndpoint": "https://eu.example/oauth/token/",
        "clientId": "https://hogsend.example/.well-known/client.json",
        "scopes": .array((0..<13).map { .string("resource\($0):read") }),
        "scopedTeams": [12345], "scopedOrganizations": [], "privateHost": "https://eu.example",
        "issuer": "https://eu.example", "revocationEndpoint": "https://eu.example/oauth/revoke/",
    ]
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }
}
