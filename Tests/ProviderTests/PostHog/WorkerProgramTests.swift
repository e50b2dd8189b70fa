import Engine
import Foundation
import PostHogProvider
import PostHogSimulator
import Testing

/// A Swift program beside an instance, on its database.
@Suite("A worker's own program")
struct WorkerProgramTests {
    private static func run(
        _ changes: [String: String] = [:],
        _ body: (Worker, PostHogSimulator, CredentialStore) async throws -> Void
    ) async throws {
        let simulator = try await PostHogSimulator.start()
        let folder = "\(NSTemporaryDirectory())worker-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let environment = Environment(
                [
                    "HOGSEND_DATA_DIR": folder, "ADMIN_API_KEY": "worker-admin",
                    "BETTER_AUTH_SECRET": "worker-secret-0123456789abcdef0123",
                ].merging(
                    changes.mapValues {
                        $0.replacing("ORIGIN", with: simulator.origin.absoluteString)
                    }
                ) { $1 })
            let registry = try ProviderRegistry([PostHog()])
            let worker = try await Worker(environment, providers: [PostHog()])
            let running = Task { await worker.run() }
            let configuration = try InstanceConfiguration(environment, registry: registry)
            let database = try await configuration.database.open()
            let sealer = try CredentialSealer(secret: configuration.authSecret)
            try await body(worker, simulator, CredentialStore(database, sealer: sealer))
            await database.close()
            running.cancel()
            await running.value
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    private static func grant(_ simulator: PostHogSimulator) -> JSONValue {
        let answer = simulator.grant(scopes: ["person:read"])
        let origin = simulator.origin.absoluteString
        return [
            "accessToken": answer["access_token"] ?? nil,
            "refreshToken": answer["refresh_token"] ?? nil,
            "expiresAt": .string(Date().addingTimeInterval(604_800).iso8601),
            "tokenEndpoint": .string("\(origin)/oauth/token/"),
            "clientId": .string(ClientDocument.hogsend), "scopes": ["person:read"],
            "scopedTeams": [12_345], "privateHost": .string(origin),
        ]
    }

    @Test func `it reads with the grant that an instance stored`() async throws {
        try await Self.run { worker, simulator, store in
            simulator.keepPerson("ada", ["plan": "pro"])
            let reads = PersonReads(try worker.access(to: "posthog"))
            #expect(await reads.person("ada") == .unavailable(.noCredential))
            _ = try await store.save("posthog", .oauth, Self.grant(simulator))
            for _ in 0..<100 where await reads.properties("ada") == nil {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(await reads.properties("ada") == ["plan": "pro"])
        }
    }

    @Test func `it reads with the pasted key, and captures with its own`() async throws {
        let environment = [
            "POSTHOG_PERSONAL_API_KEY": "phx_worker", "POSTHOG_HOST": "ORIGIN",
            "POSTHOG_API_KEY": "phc_project12345", "POSTHOG_PROJECT_ID": "12345",
        ]
        try await Self.run(environment) { worker, simulator, _ in
            simulator.switches.personalKeys = [.init(key: "phx_worker")]
            let access = try worker.access(to: "posthog")
            let (reads, capture) = (PersonReads(access), Capture(access))
            await capture.set(["plan": "pro"], of: "ada")
            await capture.flush()
            #expect(await reads.properties("ada") == ["plan": "pro"])
            #expect(simulator.violations == [])
        }
    }

    @Test func `it captures with the key that was provisioned, and never sees the secret`()
        async throws
    {
        try await Self.run { worker, simulator, store in
            _ = try await store.save(
                "posthog", .derived,
                [
                    "projectApiKey": "phc_project67890", "webhookSecret": "s3cret",
                    "privateHost": .string(simulator.origin.absoluteString),
                ])
            let access = try worker.access(to: "posthog")
            #expect(await access.derived("webhookSecret") == nil)
            let capture = Capture(access)
            await capture.capture("e", distinctID: "ada")
            await capture.shutdown()
            #expect(simulator.captured.map { $0["api_key"] } == ["phc_project67890"])
        }
    }

    @Test func `neither it nor its providers see keys`() async throws {
        let environment = [
            "POSTHOG_PERSONAL_API_KEY": "phx_worker", "POSTHOG_WEBHOOK_SECRET": "s3cret",
            "POSTHOG_WEBHOOK_SECRET_PREVIOUS": "0ld",
        ]
        try await Self.run(environment) { worker, _, _ in
            let configuration = try worker.access(to: "posthog").configuration
            #expect(configuration.personalKey == nil && configuration.webhookSecret == nil)
            #expect(configuration.previousWebhookSecret == nil)
            #expect(throws: UnknownProvider.self) { try worker.access(to: "nobody") }
        }
    }
}
