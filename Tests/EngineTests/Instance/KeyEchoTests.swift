import AcmeProviders
import Engine
import Testing

/// What a service says is told to operators; the key that it was sent must not be in it.
@Suite("A service that repeats the key")
struct KeyEchoTests {
    private static let environment = [
        "KEYED_ACME_API_KEY": KeyStage.apiKey, "KEYED_ACME_HOST": "https://keys.acme.example",
    ]

    private static func echo(_ stage: KeyStage) throws -> KeyStage {
        stage.api.state.withLock {
            $0.failures["GET /api/workspaces"] = .success(
                .json(500, ["error": .string("'Key \(KeyStage.apiKey)' is odd")]))
        }
        return try stage.restarted(registry: [Echoing()])
    }

    @Test(arguments: [false, true])
    func `a failure of provisioning is told without it`(isStored: Bool) async throws {
        try await KeyStage.set(isStored ? [:] : Self.environment) { stage in
            if isStored { _ = await stage.put() }
            let echoing = try Self.echo(stage)
            for (method, path) in [
                ("POST", "provision"), ("POST", "provision?plan=true"), ("GET", "drift"),
            ] {
                let answer = await echoing.call(method, "\(KeyStage.provider)/\(path)")
                #expect(answer.status == 502 && answer.error == "api-error")
                #expect(answer.json["detail"]?.string?.contains("' is odd") == true)
            }
            let loop = await echoing.call("POST", "\(KeyStage.provider)/verify")
            #expect(loop.json["error"]?.string?.contains("' is odd") == true, "\(loop.text)")
            let route = await echoing.call("GET", "\(KeyStage.provider)/echo")
            #expect(route.status == 502 && route.error == "echoed")
            #expect(route.json["detail"]?.string?.contains("' is odd") == true)
            #expect(route.json["remediation"]?.string?.contains("' is odd") == true)
        }
    }

    @Test func `so is a failure of leaving`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            let left = try await Self.echo(stage).call("POST", "\(KeyStage.provider)/disconnect")
            #expect(left.status == 502 && left.text.contains("' is odd"), "\(left.text)")
        }
    }

    @Test func `a permission that a key lacks is given to the key`() async throws {
        try await KeyStage.set { stage in
            _ = await stage.put()
            stage.api.state.withLock {
                $0.failures["GET /api/workspaces"] = .success(.json(403, [:]))
            }
            let answer = await stage.call("POST", "\(KeyStage.provider)/provision")
            #expect(answer.status == 502 && answer.error == "missing-scope")
            #expect(
                answer.json["remediation"]?.string?.hasPrefix("give the key this permission")
                    == true)
        }
    }
}

/// Whatever is asked of it fails in the service's words.
private struct Echoing: Provider {
    let id: ProviderID = "keyed-acme"
    let name = "Keyed Acme"
    let hosts = KeyedAcme().hosts
    let authentication = KeyedAcme().authentication
    let webhook = KeyedAcme().webhook

    func configuration(in environment: Environment) throws(ConfigurationError)
        -> ProviderConfiguration
    { try KeyedAcme().configuration(in: environment) }

    func plan(_ context: ProvisionContext) async throws(ProvisionError) -> ProvisionPlan {
        throw .unexpectedAnswer(
            step: "planning", status: 500, detail: await Self.words(context.api, context.host))
    }

    func trial(_ context: ProvisionContext) async throws(ProvisionError) -> TestSending? {
        throw .keysRefused(reason: await Self.words(context.api, context.host))
    }

    func remove(_ removal: Removal, _ context: ProvisionContext)
        async throws(ProvisionError) -> RemovalReport
    { throw .keysRefused(reason: await Self.words(context.api, context.host)) }

    func adminRoutes(_ access: ProviderAccess) -> [AdminRoute] {
        [
            AdminRoute("GET", "echo") { _ throws(AdminRefusal) in
                guard let service = try? await access.service() else {
                    throw AdminRefusal(409, "no_access", "there is no way to the service")
                }
                let words = await Self.words(service.api, service.host)
                throw AdminRefusal(502, "echoed", words, hint: words)
            }
        ]
    }

    private static func words(_ api: any HTTPClient, _ host: URL) async -> String {
        guard let url = host.appending(rawPath: "/api/workspaces"),
            let response = try? await api.send(HTTPRequest("GET", url))
        else { return "" }
        return String(decoding: response.body, as: UTF8.self)
    }
}
