import Engine
import ProviderKit
import Testing

@Suite("Provision route")
struct ProvisionRouteTests {
    @Test func `it sets the hook up, and then leaves it alone`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let first = await desk.call("POST", Desk.provision)
            #expect(
                first.text
                    == #"{"action":"created","changes":[{"field":"hook","from":null,"#
                    + #""to":"https://hogsend.example/v1/webhooks/acme"}],"created":true,"#
                    + #""duplicates":[],"provisioned":true,"#
                    + #""webhookUrl":"https://hogsend.example/v1/webhooks/acme","workspaceId":"w1"}"#
            )
            let second = await desk.call("POST", Desk.provision, [:])
            #expect(second.status == 200 && second.json["action"] == "unchanged")
            #expect(second.json["created"] == false)
            #expect(
                desk.service.lines == [
                    "GET /api/workspaces", "PUT /api/workspaces/w1/hook", "GET /api/workspaces",
                ])
            #expect(desk.service.requests.allSatisfy { $0.url.host() == "eu.acme.example" })
            #expect(desk.service.secrets.map(\.utf8.count) == [43])
            let info = await desk.call("GET", Desk.info)
            #expect(info.json["webhookSecretConfigured"] == true)
        }
    }

    @Test func `what a provider reports is not taken for the instance's own affairs`() async throws
    {
        try await Desk.open(acme: Meddling()) { desk in
            await desk.connect()
            #expect(await desk.call("POST", Desk.provision).status == 200)
            #expect(await desk.deliver(EventShelf.delivery(), secret: "chosen").status == 401)
            let sealer = try CredentialSealer(
                secret: Secret(desk.environment["BETTER_AUTH_SECRET"] ?? ""))
            let kept = try await CredentialStore(desk.database, sealer: sealer)
                .load("acme", .derived)?.contents
            #expect(kept?["own"] == "1" && kept?["webhookSecret"]?.string?.utf8.count == 43)
            #expect(kept?["provisionUndo"] == nil)
        }
    }

    @Test func `a moved instance moves its hook, with the secret it had`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            _ = await desk.call("POST", Desk.provision)
            let moved = try desk.restarted(["API_PUBLIC_URL": "https://new.example/base/"])
            let answer = await moved.call("POST", Desk.provision)
            #expect(answer.json["action"] == "updated" && answer.json["created"] == false)
            #expect(answer.json["webhookUrl"] == "https://new.example/base/v1/webhooks/acme")
            #expect(Set(desk.service.secrets).count == 1 && desk.service.secrets.count == 2)
        }
    }

    @Test func `the secret is kept before the service hears of it`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.fail("PUT", HTTPResponse(status: 500))
            let failed = await desk.call("POST", Desk.provision)
            #expect(failed.status == 502 && failed.error == "api-error")
            let info = await desk.call("GET", Desk.info)
            #expect(info.json["webhookSecretConfigured"] == true)
            desk.service.fail("PUT", nil)
            let again = try desk.restarted()
            let answer = await again.call("POST", Desk.provision)
            #expect(answer.status == 200)
            #expect(desk.service.secrets.count == 2 && Set(desk.service.secrets).count == 1)
        }
    }

    @Test func `runs at once, also of two processes, mint one secret`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let desks = [desk, try desk.restarted(), try desk.restarted()]
            let statuses = await withTaskGroup(of: Int.self) { group in
                for index in 0..<12 {
                    group.addTask { await desks[index % 3].call("POST", Desk.provision).status }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 12))
            #expect(Set(desk.service.secrets).count == 1)
        }
    }

    @Test func `the environment's secret is used and none is minted`() async throws {
        try await Desk.open(["ACME_WEBHOOK_SECRET": "given"]) { desk in
            await desk.connect()
            let answer = await desk.call("POST", Desk.provision)
            #expect(answer.status == 200)
            #expect(desk.service.secrets == ["given"])
            let without = try desk.restarted(["ACME_WEBHOOK_SECRET": ""])
            let info = await without.call("GET", Desk.info)
            #expect(info.json["webhookSecretConfigured"] == false)
        }
    }

    // MARK: Refusals

    static let key = ["ACME_API_KEY": "hunter2-a"]
    static let host = ["ACME_HOST": "https://us.acme.example"]
    static let loopback = ["API_PUBLIC_URL": "http://localhost:3002"]

    static let refusals: [([String: String], Bool, String)] = [
        ([:], false, "no_acme_credential"), (host, false, "no_acme_credential"),
        (loopback, false, "no_acme_credential"), (key, false, "acme_not_configured"),
        (key.merging(loopback) { $1 }, false, "acme_not_configured"),
        (key.merging(host) { $1 }.merging(loopback) { $1 }, false, "api_public_url_unreachable"),
        (loopback, true, "api_public_url_unreachable"),
        (["API_PUBLIC_URL": "https://127.1:8443/x"], true, "api_public_url_unreachable"),
        (["API_PUBLIC_URL": "https://[::ffff:127.0.0.1]"], true, "api_public_url_unreachable"),
        (["API_PUBLIC_URL": "https://app.localhost."], true, "api_public_url_unreachable"),
        (["API_PUBLIC_URL": "https://0x7f000001"], true, "api_public_url_unreachable"),
        (["API_PUBLIC_URL": "https://0.0.0.0"], true, "api_public_url_unreachable"),
    ]

    @Test(arguments: refusals)
    func `it refuses in this order, before anything is called or minted`(
        environment: [String: String], isConnected: Bool, error: String
    ) async throws {
        try await Desk.open(environment) { desk in
            if isConnected { await desk.connect() }
            let answer = await desk.call("POST", Desk.provision)
            #expect(answer.status == 409 && answer.error == error)
            #expect(answer.json["detail"]?.string?.isEmpty == false)
            #expect(answer.json["remediation"]?.string?.isEmpty == false)
            #expect(desk.service.requests.isEmpty)
            let info = await desk.call("GET", Desk.info)
            #expect(info.json["webhookSecretConfigured"] == false)
        }
    }

    @Test func `a grant that has ended is refused after what the instance itself lacks`()
        async throws
    {
        try await Desk.open { desk in
            await desk.connect(["expiresAt": 1])
            let answer = await desk.call("POST", Desk.provision)
            #expect(answer.status == 502 && answer.error == "unauthorized")
            #expect(desk.service.lines == ["POST /token"])
            let local = try desk.restarted(Self.loopback)
            let refused = await local.call("POST", Desk.provision)
            #expect(refused.status == 409 && refused.error == "api_public_url_unreachable")
            #expect(desk.service.lines == ["POST /token"])
        }
    }

    @Test func `a grant whose token has ended is refreshed, and used`() async throws {
        try await Desk.open { desk in
            await desk.connect(["expiresAt": 1])
            desk.service.state.withLock {
                $0.token = "hunter2-b"
                $0.refresh = .json([
                    "access_token": "hunter2-b", "token_type": "Bearer", "expires_in": 3600,
                ])
            }
            let answer = await desk.call("POST", Desk.provision)
            #expect(answer.status == 200)
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.json["status"] == "ok")
            #expect((shown.json["lastRefreshAt"]?.string).flatMap { Date(iso8601: $0) } != nil)
        }
    }

    @Test func `a token that the service refuses early is refreshed once, and used`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            desk.service.state.withLock {
                $0.token = "hunter2-b"
                $0.refresh = .json(["access_token": "hunter2-b", "token_type": "Bearer"])
            }
            let answer = await desk.call("POST", Desk.provision)
            #expect(answer.status == 200)
            #expect(desk.service.lines.filter { $0 == "POST /token" }.count == 1)
        }
    }

    @Test func `a token server that is away is no reason to connect again`() async throws {
        try await Desk.open { desk in
            await desk.connect(["expiresAt": 1])
            desk.service.state.withLock { $0.refresh = .json(503, [:]) }
            let answer = await desk.call("POST", Desk.provision)
            #expect(answer.status == 502 && answer.error == "api-error")
            let shown = await desk.call("GET", Desk.credential)
            #expect(shown.json["status"] == "expiring")
            #expect(shown.json["reason"]?.string?.contains("503") == true)
        }
    }

    @Test func `the stored grant goes to its own host, the pasted key to the environment's`()
        async throws
    {
        try await Desk.open(Self.key.merging(Self.host) { $1 }) { desk in
            let pasted = await desk.call("POST", Desk.provision)
            await desk.connect()
            let granted = await desk.call("POST", Desk.provision)
            #expect(pasted.status == 200 && granted.status == 200)
            #expect(
                desk.service.requests.map { $0.url.host() ?? "" } == [
                    "us.acme.example", "us.acme.example", "eu.acme.example",
                ])
        }
    }

    @Test func `a grant that cannot be opened counts as none`() async throws {
        try await Desk.open { desk in
            await desk.connect()
            let changes = ["BETTER_AUTH_SECRET": "hunter2-another-secret"]
            let bare = await (try desk.restarted(changes)).call("POST", Desk.provision)
            #expect(bare.error == "no_acme_credential")
            let pasted = try desk.restarted(
                changes.merging(Self.key) { $1 }.merging(Self.host) { $1 })
            #expect(await pasted.call("POST", Desk.provision).status == 200)
        }
    }

    @Test func `an unreadable secret stops it before the service is called, and stays`()
        async throws
    {
        try await Desk.open(Self.key.merging(Self.host) { $1 }) { desk in
            _ = await desk.call("POST", Desk.provision)
            let rows = try await desk.database.query("SELECT payload FROM provider_credentials")
            let calls = desk.service.requests.count
            let other = try desk.restarted(["BETTER_AUTH_SECRET": "hunter2-another-secret"])
            let answer = await other.call("POST", Desk.provision)
            #expect(answer.status == 409 && answer.error == "webhook_secret_unreadable")
            let keyID = rows.first?.text("payload")?.split(separator: ".").dropFirst().first
            let detail = answer.json["detail"]?.string
            #expect(detail?.contains("sealed with the key '\(keyID ?? "?")'") == true)
            #expect(desk.service.requests.count == calls)
            let given = try other.restarted(["ACME_WEBHOOK_SECRET": "given"])
            #expect(await given.call("POST", Desk.provision).status == 200)
            let after = try await desk.database.query("SELECT payload FROM provider_credentials")
            #expect(after == rows, "nothing was written over it")
        }
    }
}

/// Reports under names that are the instance's.
private struct Meddling: Provider {
    let id: ProviderID = "acme"
    let name = "Acme"
    let hosts: [ProviderHost] = []
    let authentication = Authentication.authorizationCode(clientID: "c")
    let webhook: WebhookSource? = Acme().webhook

    func apply(_ plan: ProvisionPlan, _ context: ProvisionContext)
        async throws(ProvisionError) -> ProvisionReport
    {
        ProvisionReport(
            action: .updated,
            derived: [
                "webhookSecret": Secret("chosen"), "provisionUndo": Secret("{}"),
                "own": Secret("1"),
            ])
    }
}
