import Engine
import InitechProvider
import ProviderKit
import Testing

@Suite("Initech")
struct InitechTests {
    static let here = "https://hogsend.example/v1/webhooks/initech"
    private let provider = Initech()

    /// The service's one webhook, as a client that keeps it.
    private func service(_ url: String?) -> (client: ScriptedHTTPClient, hook: Locked<JSONValue>) {
        let hook = Locked<JSONValue>(["url": url.map { .string($0) } ?? .null])
        let client = ScriptedHTTPClient { request throws(HTTPClientError) in
            hook.withLock { hook in
                if request.method == "PUT" { hook = JSONValue(decoding: request.body) ?? .null }
                return .json(hook)
            }
        }
        return (client, hook)
    }

    private func context(
        _ client: any HTTPClient, secret: String? = "s", isNew: Bool = false,
        keep: @escaping ProvisionContext.Keeping = { _ throws(ProvisionError) in }
    ) throws -> ProvisionContext {
        ProvisionContext(
            api: client, host: try #require(URL(string: "https://api.initech.example")),
            grant: nil, project: nil, webhookURL: try #require(URL(string: Self.here)),
            webhookSecret: secret.map { Secret($0) }, isSecretNew: isNew, keep: keep)
    }

    @Test func `the registry takes it`() throws {
        #expect(try ProviderRegistry([provider]).ids == ["initech"])
    }

    @Test func `it keeps the contract`() async throws {
        try await ProviderContract(provider) { _ in InitechSimulator() }.check()
    }

    @Test(arguments: [(nil, ProvisionPlan.Action.created), ("https://other.example", .updated)])
    func `what it sets up stays set up`(url: String?, action: ProvisionPlan.Action) async throws {
        let (client, hook) = service(url)
        let kept = Locked<[PriorValue]>([])
        let context = try context(client) { values throws(ProvisionError) in
            kept.withLock { $0 += values }
        }
        let plan = try await provider.plan(context)
        #expect(plan.action == action && client.writes.isEmpty)
        #expect(try await provider.apply(plan, context).action == action)
        #expect(hook.withLock { $0 } == ["url": .string(Self.here), "secret": "s"])
        #expect(kept.withLock { $0.map(\.before.string) } == [url])
        let again = try await provider.plan(context)
        #expect(try await provider.apply(again, context).action == .unchanged)
        #expect(client.writes.count == 1)
    }

    @Test(arguments: [(nil, false), ("s", true)])
    func `a secret that the service may not have is written`(secret: String?, isNew: Bool)
        async throws
    {
        let (client, _) = service(Self.here)
        let plan = try await provider.plan(try context(client, secret: secret, isNew: isNew))
        #expect(plan.action == .updated)
    }

    @Test(arguments: [(here, 1), ("https://other.example", 0), (nil, 0)])
    func `what delivers here is taken away, and nothing else`(url: String?, count: Int)
        async throws
    {
        let (client, _) = service(url)
        let context = try context(client)
        let look = try await provider.remove(Removal(isRehearsal: true), context)
        #expect(look.removed.count == count && client.writes.isEmpty)
        #expect(try await provider.remove(Removal(), context) == look)
        #expect(client.writes.count == count)
    }

    @Test(arguments: [
        (here, 1, 0), ("https://other.example", 0, 1), (nil, 0, 0),
        ("https://earlier.example", 0, 0),
    ])
    func `an earlier address goes back unless somebody set another`(
        now: String?, changes: Int, kept: Int
    ) async throws {
        let (client, hook) = service(now)
        let context = try context(client)
        let old = PriorValue(
            object: "webhook", field: "url", before: "https://earlier.example",
            after: .string(Self.here))
        let look = try await provider.undo([old], rehearsing: true, context)
        #expect(client.writes.isEmpty)
        let report = try await provider.undo([old], rehearsing: false, context)
        #expect(report == look && report.changes.count == changes && report.kept.count == kept)
        let end = changes == 1 ? "https://earlier.example" : now
        #expect(hook.withLock { $0["url"]?.string } == end)
    }

    @Test(arguments: [(401, "unauthorized"), (403, "missing-scope"), (500, "api-error")])
    func `a refusal is told`(status: Int, code: String) async throws {
        let client = ScriptedHTTPClient(HTTPResponse(status: status))
        let error = await #expect(throws: ProvisionError.self) {
            _ = try await provider.plan(try context(client))
        }
        #expect(error?.code == code)
    }
}
