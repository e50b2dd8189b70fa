import Engine
import Foundation
import PostHogSimulator
import ProviderKit
import Testing

extension BinaryTests {
    @Suite("a login that waits while everything else that can connect does")
    struct HostileLoginTests {
        /// With no more descriptors than a shell of macOS gives a program.
        private func connect(_ stage: Stage) throws -> RunningProgram {
            let program = stage.client.program([
                "connect", "posthog", "--posthog-host", stage.posthog.origin.absoluteString,
                "--no-browser", "--json",
            ])
            let limited = ["-c", "ulimit -S -n 256; exec \"$0\" \"$@\"", Program.path("hogsend")]
            return try Program(
                name: "/bin/sh", arguments: limited + program.arguments,
                environment: program.environment, folder: program.folder
            ).start()
        }

        private func address(in text: String) -> URL? {
            text.split(separator: "\n").first { $0.hasPrefix("http://") && $0.contains("state=") }
                .flatMap { URL(string: String($0)) }
        }

        @Test func `the right callback of ten thousand and one connects`() async throws {
            try await Stage.set { stage in
                let running = try connect(stage)
                let url = try await running.wait { address(in: $0.errors) }
                let crowd = HostileCrowd(port: 8423)
                defer { crowd.leave() }
                #expect(await crowd.strike(10_000) == 2_000)
                let browser = LoopbackBrowser()
                let callback = try #require(try await browser.redirect(from: url))
                #expect(callback.port == 8423)
                let start = ContinuousClock.now
                let page = try await browser.open(callback)
                let took = start.duration(to: .now)
                print("the right callback among ten thousand took \(took)")
                #expect(String(decoding: page.body, as: UTF8.self).contains("PostHog is connected"))
                #expect(took < .seconds(2))
                let ended = await running.end(within: .seconds(10))
                #expect(ended.status == 0)
                #expect(ended.document?["verdict"] == "connected")
                #expect(ended.errors.contains("wrong or missing state"))
                #expect(ended.errors.contains("something tried https"))
                #expect(stage.posthog.violations == [])
            }
        }
    }
}
