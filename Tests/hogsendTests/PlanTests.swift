import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("looking before and undoing after") struct PlanTests {
        private static let url = "http://hogsend.example/v1/webhooks/posthog"
        private static let other = "http://other.example/v1/webhooks/posthog"

        private func run(_ stage: Stage, _ words: String...) async throws -> Program.Ended {
            try await stage.client.program(["connect", "posthog"] + words).run()
        }

        @Test func `drift is seen by plan and doctor, repaired, and undone`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json", "--no-provision")
                stage.posthog.seed(DestinationSeed.drifted(url: Self.url, secret: "hunter2"))
                let before = stage.posthog.destinations
                let plan = try await run(stage, "--plan", "--json")
                #expect(plan.status == 3)
                #expect(plan.document?["verdict"] == "plan_pending")
                #expect(plan.document?["action"] == "updated")
                #expect(stage.posthog.destinations == before)
                let doctor = try await stage.client.run("doctor")
                #expect(doctor.status == 3)
                #expect(doctor.output.contains("look  posthog.destination: "))
                let done = try await run(stage, "--provision-only", "--json")
                #expect(
                    done.document?["provision"]?["changes"] == plan.document?["changes"])
                let clean = try await run(stage, "--plan", "--json")
                #expect(clean.status == 0 && clean.document?["verdict"] == "plan_clean")
                #expect(try await stage.client.run("doctor").status == 0)
                let look = try await run(stage, "--undo", "--plan", "--json")
                #expect(look.status == 3 && look.document?["undo"] == true)
                let undone = try await run(stage, "--undo", "--json")
                #expect(undone.status == 0 && undone.document?["verdict"] == "undone")
                #expect(undone.document?["changes"] == look.document?["changes"])
                let inputs = stage.posthog.destinations.first?["inputs"]
                #expect(inputs?["method"] == before.first?["inputs"]?["method"])
                #expect(inputs?["headers"] == before.first?["inputs"]?["headers"])
                let again = try await run(stage, "--undo", "--json")
                #expect(again.status == 1 && again.document?["verdict"] == "nothing_to_undo")
                for ended in [plan, done, clean, look, undone, again] {
                    #expect(!(ended.output + ended.errors).contains("hunter2"))
                }
            }
        }

        @Test func `people see the diff before, as done, and as undone`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json", "--no-provision")
                let plan = try await run(stage, "--plan")
                #expect(plan.status == 3 && plan.errors == "")
                for text in [
                    "provision?plan=true ok", "PostHog would be changed", "  + POST",
                    "[redacted]", "nothing was written", "connect: posthog has 8 changes pending",
                ] { #expect(plan.output.contains(text), "\(text)") }
                let done = try await run(stage, "--provision-only")
                #expect(done.output.contains("Changed at PostHog"))
                #expect(done.output.contains("  + POST"))
                let clean = try await run(stage, "--plan")
                #expect(clean.output.contains("connect: posthog is as it should be"))
                let undone = try await run(stage, "--undo")
                #expect(undone.output.contains("  - true"))
                #expect(undone.output.contains("connect: posthog 1 change undone"))
                #expect(stage.posthog.destinations.map { $0["enabled"] } == [false])
            }
        }

        @Test func `duplicates are named, and merged where that is asked for`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                let id = stage.posthog.seed(
                    DestinationSeed.compliant(url: Self.other, secret: "hunter2"))[0]
                let plan = try await run(stage, "--plan")
                #expect(plan.status == 0 && plan.output.contains("Posting to the same path"))
                #expect(plan.output.contains(id) && plan.output.contains("with --merge"))
                let doctor = try await stage.client.run("doctor")
                #expect(doctor.status == 3 && doctor.output.contains("posthog.duplicates"))
                let look = try await run(stage, "--plan", "--merge", "--json")
                #expect(look.status == 3)
                let merged = try await stage.client.connect("--merge", "--json")
                let duplicates = merged.document?["provision"]?["duplicates"]?.array
                #expect(duplicates?.map { $0["enabled"] } == [false])
                #expect(stage.posthog.destinations.filter { $0["enabled"] == true }.count == 1)
                let again = try await run(stage, "--provision-only", "--merge", "--json")
                #expect(again.document?["provision"]?["action"] == "unchanged")
                #expect(try await stage.client.run("doctor").status == 0)
                _ = try await run(stage, "--undo", "--json")
                #expect(stage.posthog.destinations.filter { $0["enabled"] == true }.count == 2)
            }
        }

        @Test func `a look is refused as provisioning is`() async throws {
            try await Stage.set { stage in
                let bare = try await run(stage, "--plan", "--json")
                #expect(bare.status == 1 && bare.document?["verdict"] == "no_credential")
            }
            try await Stage.set(["API_PUBLIC_URL": "http://localhost:3002"]) { stage in
                _ = try await stage.client.connect("--json")
                let loopback = try await run(stage, "--plan", "--json")
                #expect(loopback.document?["verdict"] == "api_public_url_unreachable")
                let doctor = try await stage.client.run("doctor")
                #expect(!doctor.output.contains("posthog.destination"))
                #expect(stage.posthog.journal.allSatisfy { !$0.path.hasPrefix("/api/") })
            }
        }
    }
}
