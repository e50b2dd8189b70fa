package import Engine

/// An instance that knows one provider, on a loopback port, in a database of its own.
package struct InstanceDesk: Sendable {
    private static let adminKey = "desk-admin-key-0123456789"
    /// The host of its public address.
    package static let publicHost = "hogsend.example"

    private let provider: any Provider
    private let instance: Instance
    private let log: Locked<String>

    /// Starts one, lets `body` use it, and stops it.
    package static func open(
        _ provider: any Provider, _ environment: [String: String] = [:],
        _ body: (InstanceDesk) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/desk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let registry = try ProviderRegistry([provider])
        let configuration = try InstanceConfiguration(
            Environment(
                [
                    "DATABASE_URL": "sqlite:\(folder)/hogsend.db", "ADMIN_API_KEY": adminKey,
                    "BETTER_AUTH_SECRET": "desk-auth-secret-0123456789abcdef", "PORT": "0",
                    "API_PUBLIC_URL": "https://\(publicHost)",
                ].merging(environment) { $1 }), registry: registry)
        let log = Locked("")
        let instance = try await Instance(
            configuration, registry: registry, version: "1", client: CurlClient(),
            log: Log { line in log.withLock { $0 += line } })
        let result: Result<Void, any Error>
        do {
            try await body(InstanceDesk(provider: provider, instance: instance, log: log))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await instance.stop()
        try result.get()
    }

    /// Where its public host really is.
    package var ports: [String: UInt16] { [Self.publicHost: instance.port] }

    /// What it has logged.
    package var lines: String { log.withLock { $0 } }

    private func address(_ target: String) throws -> URL {
        guard let url = URL(string: "http://127.0.0.1:\(instance.port)\(target)") else {
            throw SimulationError(reason: "'\(target)' makes no address")
        }
        return url
    }

    /// A call as the administrator.
    package func call(
        _ method: String, _ target: String, _ body: JSONValue? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        let request = HTTPRequest(
            method, try address(target), headers: ["Authorization": "Bearer \(Self.adminKey)"],
            body: body?.encoded() ?? Data(), timeout: .seconds(30))
        let response = try await CurlClient().send(request)
        return (response.status, JSONValue(decoding: response.body) ?? .null)
    }

    /// A call below the provider's routes, such as `POST provision`.
    package func call(
        _ method: String, of path: String, _ body: JSONValue? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        try await call(method, "/v1/admin/providers/\(provider.id)/\(path)", body)
    }

    /// `hogsend connect` with a key file, at a service of that address.
    package func connect(
        _ keyText: String, at host: URL
    ) async throws(ConnectError) -> ConnectOutcome {
        var options = ConnectOptions()
        options.keyText = Secret(keyText)
        options.host = host
        let url = URL(string: "http://127.0.0.1:\(instance.port)") ?? host
        return try await ConnectFlow(
            provider: provider, options: options,
            instance: InstanceClient(
                url: url, adminKey: Secret(Self.adminKey), client: CurlClient()),
            client: CurlClient(), browser: BrowserLauncher(environment: [:]), prompt: nil
        ) { _ in }.run()
    }

    /// The events that it has stored.
    package func events() async throws -> [JSONValue] {
        try await call("GET", "/v1/admin/events").json["events"]?.array ?? []
    }

    /// The kinds of rows that are stored of the provider.
    package func credentials() async throws -> [JSONValue] {
        try await call("GET", "/v1/admin/provider-credentials").json["credentials"]?.array ?? []
    }
}
