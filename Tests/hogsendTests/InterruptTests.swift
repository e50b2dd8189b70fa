import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("Ctrl-C at any point") struct InterruptTests {
        private func isFree(_ port: UInt16) -> Bool {
            guard let socket = try? ListeningSocket(.loopbackIPv4, port: port) else { return false }
            socket.closeUnused()
            return true
        }

        private func connect(_ stage: Stage) throws -> RunningProgram {
            try stage.client.program([
                "connect", "posthog", "--json", "--posthog-host",
                stage.posthog.origin.absoluteString,
            ]).start()
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func `while it waits for the browser, it frees the port and stores nothing`(
            number: Int32
        ) async throws {
            try await Stage.set { stage in
                stage.posthog.switches.consent = .ignore
                let running = try connect(stage)
                try await running.wait { _ in
                    stage.posthog.journal.contains { $0.path == "/oauth/authorize/" } ? () : nil
                }
                running.signal(number)
                let ended = await running.end(within: .seconds(3))
                #expect(ended.status == 130)
                #expect(ended.document?["verdict"] == "interrupted")
                #expect(ended.document?["credential"] == ["stored": false])
                #expect(isFree(8423))
            }
        }

        @Test func `while the code is exchanged, it ends and stores nothing`() async throws {
            try await Stage.set { stage in
                stage.posthog.add(ServerFault("/oauth/token/", delay: .seconds(8)))
                let running = try connect(stage)
                try await running.wait { _ in
                    stage.posthog.journal.contains { $0.path == "/oauth/token/" } ? () : nil
                }
                running.signal(SIGINT)
                let ended = await running.end(within: .seconds(4))
                #expect(ended.status == 130)
                #expect(ended.document?["credential"] == ["stored": false])
                #expect(isFree(8423))
            }
        }

        @Test func `while it provisions, it says that the credential is stored`() async throws {
            try await Stage.set { stage in
                stage.posthog.add(ServerFault("/api/", delay: .seconds(3)))
                let running = try connect(stage)
                try await running.wait { _ in
                    stage.posthog.journal.contains { $0.path.hasPrefix("/api/") } ? () : nil
                }
                running.signal(SIGINT)
                let ended = await running.end(within: .seconds(4))
                #expect(ended.status == 130)
                #expect(ended.document?["verdict"] == "interrupted")
                #expect(ended.document?["credential"] == ["stored": true])
            }
        }
    }
}
