import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("on a terminal") struct TerminalTests {
        private func connect(_ stage: Stage, _ words: [String]) throws -> Terminal {
            try Terminal(stage.client.program(["connect", "posthog"] + words))
        }

        @Test func `connect asks for the region and takes another address`() async throws {
            try await Stage.set { stage in
                let terminal = try connect(stage, [])
                try await terminal.wait(for: "1  PostHog EU Cloud")
                try await terminal.wait(for: "2  PostHog US Cloud")
                try await terminal.wait(for: "Choose 1 to 3 [1]: ")
                terminal.type("nine\n")
                try await terminal.wait(for: "is not a number from 1 to 3")
                terminal.type("3\n")
                try await terminal.wait(for: "Address of PostHog: ")
                terminal.type("http://posthog.example\n")
                try await terminal.wait(for: "is plain http")
                terminal.type("\(stage.posthog.origin.absoluteString)\n")
                try await terminal.wait(for: "└  connect: posthog connected")
                #expect(await terminal.end() == 0)
            }
        }

        @Test func `it draws the frame and the marks of the published transcript`() async throws {
            try await Stage.set { stage in
                let origin = stage.posthog.origin.absoluteString
                let terminal = try connect(stage, ["--posthog-host", origin])
                #expect(await terminal.end() == 0)
                try await terminal.wait(for: "┌  hogsend  connect")
                try await terminal.wait(for: "◇  OAuth discovery at \(origin) ✓")
                try await terminal.wait(for: "│  About to authorize Hogsend against PostHog")
                try await terminal.wait(
                    for: "◇  Waiting for PostHog authorization (Ctrl-C aborts) ✓")
            }
        }

        @Test func `a grant for several projects is asked about`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.scopedTeams = [12_345, 67_890]
                let terminal = try connect(
                    stage, ["--posthog-host", stage.posthog.origin.absoluteString])
                try await terminal.wait(for: "Which one?")
                try await terminal.wait(for: "Choose 1 to 2: ")
                terminal.type("2\n")
                #expect(await terminal.end() == 0)
                try await terminal.wait(for: "└  connect: posthog connected")
                #expect(stage.posthog.destinations.count == 1)
            }
        }

        @Test func `the stored grant's own address is offered and taken`() async throws {
            try await Stage.set { stage in
                _ = try await stage.client.connect("--json")
                let terminal = try connect(stage, [])
                try await terminal.wait(for: "Choose 1 to 3 [3]: ")
                terminal.type("\n")
                try await terminal.wait(
                    for: "Address of PostHog [\(stage.posthog.origin.absoluteString)]: ")
                terminal.type("\n")
                #expect(await terminal.end() == 0)
            }
        }

        @Test func `Ctrl-C at the question ends with 130`() async throws {
            try await Stage.set { stage in
                let terminal = try connect(stage, [])
                try await terminal.wait(for: "Choose 1 to 3")
                terminal.signal(SIGINT)
                #expect(await terminal.end(within: .seconds(3)) == 130)
            }
        }
    }
}
