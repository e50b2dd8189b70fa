import Engine

/// The instance itself, on a port of this machine.
enum WireChecks {
    private struct Wire {
        let port: UInt16
        let forge: DeliveryForge
        let sample: DeliverySample
        let provider: any Provider
        let log: Locked<String>

        var id: ProviderID { provider.id }

        func send(
            _ method: String, _ path: String, _ headers: HTTPHeaders = [:], _ body: Data = Data()
        ) async throws -> HTTPResponse {
            let url = try demand(URL(string: "http://127.0.0.1:\(port)\(path)"), "no address")
            return try await CurlClient().send(
                HTTPRequest(method, url, headers: headers, body: body))
        }
    }

    private static func check(
        _ id: String, _ claim: String, _ body: @escaping @Sendable (Wire) async throws -> Void
    ) -> ContractCheck {
        ContractCheck("wire.\(id)", claim) { subject in
            guard let source = subject.declared.webhook else { throw InterfaceChecks.noWebhook }
            let forge = try DeliveryForge(source.verification)
            var provider = subject.provider
            provider.webhook = source.proven(by: source.verification)
            provider.settings = ProviderConfiguration(webhookSecret: forge.secret)
            try await run(provider) { port, log in
                try await body(
                    Wire(
                        port: port, forge: forge, sample: DeliverySample(source: source),
                        provider: provider, log: log))
            }
        }
    }

    private static func run(
        _ provider: any Provider, _ body: (UInt16, Locked<String>) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/wire-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let environment = ContractDesk.environment.merging([
            "DATABASE_URL": "sqlite:\(folder)/hogsend.db", "PORT": "0", "HOST": "127.0.0.1",
        ]) { $1 }
        let registry = try ProviderRegistry([provider])
        let log = Locked("")
        let instance = try await Instance(
            try InstanceConfiguration(Environment(environment), registry: registry),
            registry: registry, version: "0", client: CurlClient(),
            log: Log { line in log.withLock { $0 += line } })
        do {
            try await body(instance.port, log)
        } catch {
            await instance.stop()
            throw error
        }
        await instance.stop()
    }

    static let all: [ContractCheck] = [
        check("delivery", "a delivery over the network is answered once it is stored") { wire in
            let headers = try wire.forge.headers(for: wire.sample.body, id: wire.sample.id)
            let answer = try await wire.send(
                "POST", APIPath.webhook(wire.id), headers, wire.sample.body)
            try demand(answer.status == 200, "it is answered \(answer.status)")
            let page = try await wire.send(
                "GET", APIPath.events, ["Authorization": "Bearer \(ContractDesk.adminKey)"])
            let total = JSONValue(decoding: page.body)?["total"]
            try demand(total == 1, "the event is not there")
        },
        check("oversize", "a body above 4 MiB is refused") { wire in
            let body = Data(repeating: 0x20, count: 4 << 20) + wire.sample.body
            let headers = try wire.forge.headers(for: body, id: wire.sample.id)
            // A server that has read enough may leave before it was sent everything.
            let answer = try? await wire.send("POST", APIPath.webhook(wire.id), headers, body)
            try demand(answer.map { $0.status == 413 } ?? true, "it is \(answer?.status ?? 0)")
            let page = try await wire.send(
                "GET", APIPath.events, ["Authorization": "Bearer \(ContractDesk.adminKey)"])
            try demand(JSONValue(decoding: page.body)?["total"] == 0, "its event is there")
        },
        check("keyless", "no admin route is answered without the key") { wire in
            for (method, path) in AdminDoors(wire.provider).all {
                for headers in [[:], ["Authorization": "Bearer wrong"]] as [HTTPHeaders] {
                    let answer = try await wire.send(method, path, headers)
                    try demand(
                        answer.status == 401, "\(method) \(path) is answered \(answer.status)")
                }
            }
        },
        check("log", "the log holds neither the admin key nor a delivery's secret") { wire in
            let headers = try wire.forge.headers(for: wire.sample.body, id: wire.sample.id)
            _ = try await wire.send("POST", APIPath.webhook(wire.id), headers, wire.sample.body)
            _ = try await wire.send(
                "GET", APIPath.events, ["Authorization": "Bearer \(ContractDesk.adminKey)"])
            let log = wire.log.withLock { $0 }
            for secret in [
                ContractDesk.adminKey, ContractDesk.authSecret, wire.forge.secret.reveal(),
            ] {
                try demand(!log.contains(secret), "it does")
            }
        },
    ]
}
