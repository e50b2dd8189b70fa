import Engine
import Foundation
import PostHogSimulator
import TestDatabases
import Testing

extension BinaryTests {
    @Suite("An instance whose database goes away") struct OutageTests {
        @Test func `it stays up, says so, recovers alone and loses nothing that it took`()
            async throws
        {
            let cluster = try await PostgresCluster()
            try await cluster.withDatabase { address in
                try await Stage.set(["DATABASE_URL": address]) { stage in
                    #expect(try await stage.client.connect().status == 0)
                    let load = Load(stage)
                    let accepted = Task { try await load.run() }
                    try await Task.sleep(for: .milliseconds(500))
                    try await cluster.stop()
                    try await checkOutage(stage)
                    try await cluster.start()
                    try await checkRecovery(stage)
                    load.end.set()
                    let ids = try await accepted.value
                    let events = try await stage.client.call("GET", "/v1/admin/events?limit=500")
                    let stored = Set(
                        (events.json["events"]?.array ?? []).compactMap { $0["id"]?.string })
                    #expect(!ids.isEmpty && ids.isSubset(of: stored))
                    #expect(load.unexpected.withLock { $0 } == [])
                }
            }
            await cluster.end()
        }

        private func checkOutage(_ stage: Stage) async throws {
            let health = try await stage.client.call("GET", "/v1/health")
            #expect(health.status == 200 && health.json["status"] == "degraded")
            let info = try await stage.client.call("GET", "/v1/admin/analytics/connect-info")
            #expect(info.status == 200, "what memory holds is answered")
            #expect(info.json["grantHost"] != .null)
            #expect(info.json["webhookSecretConfigured"] == true)
            let stored = try await stage.client.call("GET", "/v1/admin/provider-credentials")
            #expect(stored.status == 503 && stored.json["error"] == "database_unavailable")
        }

        private func checkRecovery(_ stage: Stage) async throws {
            var status: JSONValue?
            for _ in 0..<100 where status != "healthy" {
                status = try await stage.client.call("GET", "/v1/health").json["status"]
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(status == "healthy")
            let refreshed = try await stage.client.run("credentials", "refresh", "posthog")
            #expect(refreshed.status == 0)
        }
    }
}

/// Deliveries one after another, each repeated until it is answered 200 or the load ends.
private final class Load: Sendable {
    let end = CancellationFlag()
    let unexpected = Locked<[Int]>([])
    private let stage: Stage
    private let secret: String

    init(_ stage: Stage) {
        self.stage = stage
        let headers = stage.posthog.destinations.first?["inputs"]?["headers"]?["value"]
        secret = headers?["x-posthog-webhook-secret"]?.string ?? ""
    }

    /// The ids of the deliveries that were answered 200.
    func run() async throws -> Set<String> {
        try await withThrowingTaskGroup(of: Set<String>.self) { group in
            for _ in 0..<4 { group.addTask { try await self.deliver() } }
            return try await group.reduce(into: []) { $0.formUnion($1) }
        }
    }

    private func deliver() async throws -> Set<String> {
        var accepted: Set<String> = []
        while !end.isSet, accepted.count < 100 {
            let id = UUID().uuidString.lowercased()
            var status = 0
            while status != 200, !end.isSet {
                status = try await post(id)
                if ![200, 503].contains(status) { unexpected.withLock { $0.append(status) } }
                try await Task.sleep(for: .milliseconds(50))
            }
            if status == 200 { accepted.insert(id) }
        }
        return accepted
    }

    private func post(_ id: String) async throws -> Int {
        try await stage.client.call(
            "POST", "/v1/webhooks/posthog",
            [
                "event": [
                    "uuid": .string(id), "event": "order", "distinct_id": "ada",
                    "timestamp": "2026-01-02T03:04:05.678Z", "properties": ["$is_identified": true],
                ],
                "person": ["properties": [:]],
            ], headers: ["x-posthog-webhook-secret": secret]
        ).status
    }
}
