import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("disconnect") struct DisconnectTests {
        private func run(_ stage: Stage, _ words: String...) async throws -> Program.Ended {
            try await stage.client.program(["disconnect", "posthog"] + words).run()
        }

        private func outcomes(_ ended: Program.Ended) -> [String] {
            (ended.document?["steps"]?.array ?? []).compactMap { $0["outcome"]?.string }
        }

        private func total(_ stage: Stage) async throws -> JSONValue? {
            try await stage.client.call("GET", "/v1/admin/events").json["total"]
        }

        @Test func `the whole life leaves nothing at PostHog, and a second time says so`()
            async throws
        {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                _ = await stage.posthog.emit(CapturedEvent("seen", distinctID: "ada"))
                let plan = try await run(stage, "--plan", "--json")
                #expect(plan.status == 3 && plan.document?["verdict"] == "plan_pending")
                #expect(stage.posthog.destinations.count == 1)
                let left = try await run(stage, "--yes", "--json")
                #expect(left.status == 0 && left.document?["verdict"] == "disconnected")
                #expect(outcomes(left) == ["done", "done", "done"])
                #expect(stage.posthog.destinations.isEmpty)
                let shown = try await stage.client.run("credentials", "show", "posthog", "--json")
                #expect(shown.document?["verdict"] == "no_credential")
                #expect(try await total(stage) == 1, "what was delivered stays")
                for words in [["--yes", "--json"], ["--plan", "--json"]] {
                    let again = try await stage.client.program(
                        ["disconnect", "posthog"] + words
                    ).run()
                    #expect(again.status == 0)
                    #expect(again.document?["verdict"] == "nothing_to_disconnect")
                }
                let people = try await run(stage, "--yes")
                #expect(people.status == 0)
                #expect(
                    people.output
                        == "disconnect: posthog is not connected; there is nothing to do\n")
                #expect(stage.posthog.violations == [])
            }
        }

        @Test func `a destination that is kept goes on in vain until one connects again`()
            async throws
        {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                let left = try await run(stage, "--yes", "--keep-destination", "--json")
                #expect(left.status == 0 && outcomes(left) == ["skipped", "done", "done"])
                let late = await stage.posthog.emit(CapturedEvent("late", distinctID: "ada"))
                #expect(late.map(\.status) == [200])
                #expect(try await total(stage) == 0)
                _ = try await stage.client.connect("--json")
                let next = await stage.posthog.emit(CapturedEvent("next", distinctID: "ada"))
                #expect(next.map(\.status) == [200])
                #expect(try await total(stage) == 1)
            }
        }

        @Test func `a revocation that is pending is told, and finished by the next run`()
            async throws
        {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                var busy = HTTPResponse.json(503, ["error": "temporarily_unavailable"])
                busy.headers["Retry-After"] = "3600"
                stage.posthog.add(ServerFault("/oauth/revoke", times: 1, answer: busy))
                let first = try await run(stage, "--yes")
                #expect(first.status == 1)
                #expect(first.errors.contains("error: revocation pending: "))
                #expect(first.errors.contains("hint: run `hogsend disconnect posthog` again"))
                #expect(first.output.contains("disconnect: posthog not disconnected yet"))
                #expect(stage.posthog.destinations.isEmpty)
                let second = try await run(stage, "--yes", "--json")
                #expect(second.status == 0 && outcomes(second) == ["done", "done", "done"])
            }
        }

        @Test func `a refused revocation is a warning with the page to end it by hand`()
            async throws
        {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                stage.posthog.add(
                    ServerFault(
                        "/oauth/revoke", answer: .json(401, ["error": "invalid_client"])))
                let ended = try await run(stage, "--yes")
                #expect(ended.status == 0)
                #expect(ended.errors.contains("under Settings, Connected applications"))
                #expect(ended.output.contains("disconnect: posthog disconnected"))
            }
        }

        @Test func `what an instance began when it was killed is finished by the next run`()
            async throws
        {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                stage.posthog.add(
                    ServerFault("/oauth/revoke", times: 1, performs: true, delay: .seconds(20)))
                let doomed = try await RunningInstance(folder: stage.client.folder)
                let client = StageClient(
                    url: doomed.url, folder: stage.client.folder, posthog: stage.posthog)
                let running = try client.program(["disconnect", "posthog", "--yes"]).start()
                let deadline = ContinuousClock.now + .seconds(10)
                while !stage.posthog.journal.contains(where: { $0.path.hasPrefix("/oauth/revoke") }
                ),
                    ContinuousClock.now < deadline
                { try await Task.sleep(for: .milliseconds(10)) }
                doomed.program.signal(SIGKILL)
                #expect(await running.end(within: .seconds(15)).status == 1)
                let again = try await run(stage, "--yes", "--json")
                #expect(again.status == 0 && outcomes(again) == ["done", "done", "done"])
                #expect(stage.posthog.destinations.isEmpty)
            }
        }

        @Test func `nobody to ask is a wrong command line`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                for words in [[], ["--json"], ["--everywhere"]] {
                    let ended = try await stage.client.program(
                        ["disconnect", "posthog"] + words
                    ).run()
                    #expect(ended.status == 2 && ended.errors.contains("add '--yes'"))
                }
                #expect(stage.posthog.destinations.count == 1)
                let unknown = try await stage.client.run("disconnect", "nobody", "--yes", "--json")
                #expect(unknown.status == 1)
                #expect(unknown.document?["verdict"] == "unknown_provider")
            }
        }

        @Test func `on a terminal it says what it will do, and only a yes does it`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                for answer in ["\n", "n\n"] {
                    let terminal = try Terminal(stage.client.program(["disconnect", "posthog"]))
                    try await terminal.wait(for: "is to be deleted")
                    try await terminal.wait(for: "every installation of hogsend")
                    try await terminal.wait(for: "Disconnect PostHog? [y/N]: ")
                    #expect(stage.posthog.destinations.count == 1)
                    terminal.type(answer)
                    #expect(await terminal.end() == 1)
                    try await terminal.wait(for: "nothing was done")
                }
                let stopped = try Terminal(stage.client.program(["disconnect", "posthog"]))
                try await stopped.wait(for: "[y/N]: ")
                stopped.signal(SIGINT)
                #expect(await stopped.end() == 130)
                #expect(stage.posthog.destinations.count == 1)
                let terminal = try Terminal(stage.client.program(["disconnect", "posthog"]))
                try await terminal.wait(for: "[y/N]: ")
                terminal.type("maybe\n")
                try await terminal.wait(for: "please answer y or n")
                terminal.type("y\n")
                try await terminal.wait(for: "└  disconnect: posthog disconnected")
                #expect(await terminal.end() == 0)
                #expect(stage.posthog.destinations.isEmpty)
            }
        }
    }
}
