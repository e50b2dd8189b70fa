import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("The whole life of a connection") struct WholeLifeTests {
        @Test func `connect, prove, follow, mend, rotate and leave, and nothing is left`()
            async throws
        {
            try await Stage.set { stage in
                try await connectAndProve(stage)
                try await follow(stage)
                try await mend(stage)
                try await rotateUnderLoad(stage)
                try await leave(stage)
                #expect(stage.posthog.violations == [])
            }
        }

        private func connectAndProve(_ stage: Stage) async throws {
            let connected = try await stage.client.connect("--json")
            #expect(connected.status == 0 && connected.document?["verdict"] == "connected")
            let loop = connected.document?["loop"]
            #expect(loop?["ok"] == true)
            #expect((loop?["milliseconds"]?.integer ?? -1) >= 0)
            let listed = try await stage.client.run("events", "list", "--json")
            #expect(listed.document?["total"] == 0, "what tried the way is nobody's event")
        }

        /// The stream begins some time after the program has said that it waits.
        private func follow(_ stage: Stage) async throws {
            let tail = try stage.client.program(["events", "tail"]).start()
            for number in 0..<100 where !tail.output.contains("signed up") {
                let event = CapturedEvent("signed up", distinctID: "ada-\(number)")
                #expect(await stage.posthog.emit(event).map(\.status) == [200])
                try await Task.sleep(for: .milliseconds(100))
            }
            tail.signal(SIGINT)
            let ended = await tail.end(within: .seconds(5))
            #expect(ended.output.contains("signed up  ada-"))
            #expect(ended.status == 130)
        }

        /// A member of the project switches the destination off and sends it elsewhere.
        private func mend(_ stage: Stage) async throws {
            let before = try #require(stage.posthog.destinations.first)
            try await edit(stage, before, ["enabled": false, "filters": ["source": "events"]])
            let doctor = try await stage.client.run("doctor")
            #expect(doctor.status == 3 && doctor.output.contains("posthog.destination"))
            let drift = try await stage.client.call("GET", "/v1/admin/providers/posthog/drift")
            #expect(drift.json["drift"] == true, "\(drift.json)")
            let plan = try await connect(stage, "--plan", "--json")
            #expect(plan.status == 3 && plan.document?["changes"]?.array?.isEmpty == false)
            let mended = try await connect(stage, "--provision-only", "--json")
            #expect(mended.status == 0)
            #expect(mended.document?["provision"]?["changes"] == plan.document?["changes"])
            #expect(try await connect(stage, "--plan").status == 0)
            #expect(stage.posthog.destinations.map { $0["enabled"] } == [true])
        }

        private func edit(
            _ stage: Stage, _ destination: JSONValue, _ change: JSONValue
        ) async throws {
            let id = destination["id"]?.string ?? ""
            let grant = stage.posthog.grant(scopes: ["hog_function:write"])
            let url = try #require(
                stage.posthog.origin.appending(
                    rawPath: "/api/projects/12345/hog_functions/\(id)/"))
            var request = HTTPRequest("PATCH", url)
            request.headers["Authorization"] = "Bearer \(grant["access_token"]?.string ?? "")"
            request.headers["Content-Type"] = "application/json"
            request.body = change.encoded()
            #expect(try await CurlClient().send(request).status == 200)
        }

        private func rotateUnderLoad(_ stage: Stage) async throws {
            let statuses = Locked<[Int?]>([])
            let isOver = Locked(false)
            let load = Task {
                var number = 0
                while !isOver.withLock({ $0 }) {
                    number += 1
                    let event = CapturedEvent("under load", distinctID: "bob-\(number)")
                    let reports = await stage.posthog.emit(event)
                    statuses.withLock { $0 += reports.map(\.status) }
                }
            }
            let rotated = try await connect(stage, "--rotate-secret", "--json")
            try await Task.sleep(for: .milliseconds(300))
            isOver.withLock { $0 = true }
            await load.value
            #expect(rotated.status == 0, "\(rotated.errors)")
            let seen = statuses.withLock { $0 }
            #expect(seen.count > 3 && seen.allSatisfy { $0 == 200 }, "\(seen)")
            let listed = try await stage.client.run(
                "events", "list", "--event", "under load", "--json")
            #expect(listed.document?["total"] == .integer(Int64(seen.count)))
        }

        private func leave(_ stage: Stage) async throws {
            let left = try await disconnect(stage)
            #expect(left.status == 0 && left.document?["verdict"] == "disconnected")
            #expect(stage.posthog.destinations.isEmpty)
            let again = try await disconnect(stage)
            #expect(again.status == 0 && again.document?["verdict"] == "nothing_to_disconnect")
        }

        private func connect(_ stage: Stage, _ words: String...) async throws -> Program.Ended {
            try await stage.client.program(["connect", "posthog"] + words).run()
        }

        private func disconnect(_ stage: Stage) async throws -> Program.Ended {
            try await stage.client.run("disconnect", "posthog", "--yes", "--json")
        }
    }
}
