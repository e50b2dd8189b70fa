import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("the browser, or the lack of one") struct BrowserTests {
        private func connect(
            _ stage: Stage, _ words: [String] = [], browser: String,
            _ variables: [String: String] = [:]
        ) throws -> RunningProgram {
            var client = stage.client
            client.environment = variables
            return try client.program(
                ["connect", "posthog", "--posthog-host", stage.posthog.origin.absoluteString]
                    + words, browser: browser
            ).start()
        }

        private func address(in text: String) -> URL? {
            text.split(separator: "\n").first { $0.hasPrefix("http://") && $0.contains("state=") }
                .flatMap { URL(string: String($0)) }
        }

        @Test func `without one the address is printed whole, and opening it connects`()
            async throws
        {
            try await Stage.set { stage in
                let running = try connect(stage, ["--no-browser"], browser: "/bin/false")
                let url = try await running.wait { address(in: $0.output) }
                let page = try await HandsFreeBrowser().open(url)
                #expect(String(decoding: page.body, as: UTF8.self).contains("PostHog is connected"))
                #expect(await running.end(within: .seconds(10)).status == 0)
            }
        }

        @Test func `under --json the address goes to stderr`() async throws {
            try await Stage.set { stage in
                let running = try connect(
                    stage, ["--no-browser", "--json"], browser: "/bin/false")
                let url = try await running.wait { address(in: $0.errors) }
                _ = try await HandsFreeBrowser().open(url)
                let ended = await running.end(within: .seconds(10))
                #expect(ended.document?["verdict"] == "connected")
            }
        }

        @Test(arguments: ["/bin/false", "/does/not/exist"])
        func `one that does not open is said to have not`(browser: String) async throws {
            try await Stage.set { stage in
                let running = try connect(stage, browser: browser, ["PATH": "/nowhere"])
                let url = try await running.wait { address(in: $0.output) }
                _ = try await HandsFreeBrowser().open(url)
                #expect(await running.end(within: .seconds(10)).status == 0)
            }
        }

        @Test func `over SSH it says so at once and prints the tunnel`() async throws {
            try await Stage.set { stage in
                let running = try connect(
                    stage, browser: "",
                    ["SSH_CONNECTION": "203.0.113.9 50000 198.51.100.7 22", "USER": "ada"])
                let url = try await running.wait { address(in: $0.output) }
                try await running.wait {
                    $0.output.contains("ssh -L 8423:127.0.0.1:8423 ada@198.51.100.7") ? () : nil
                }
                #expect(running.output.contains("this is an SSH session"))
                _ = try await HandsFreeBrowser().open(url)
                #expect(await running.end(within: .seconds(10)).status == 0)
            }
        }

        @Test func `its process gets no secret and no terminal of ours`() async throws {
            try await Stage.set { stage in
                let folder = stage.client.folder.path
                let script = "\(folder)/browser"
                try Data(
                    "#!/bin/sh\nenv > \(folder)/seen\nexec \(Program.path("posthog-simulator")) browse \"$1\"\n"
                        .utf8
                )
                .write(to: URL(fileURLWithPath: script))
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: script)
                let running = try connect(
                    stage, ["--json"], browser: script,
                    ["BETTER_AUTH_SECRET": "s3", "MY_TOKEN": "t0", "COLOUR": "blue"])
                #expect(await running.end(within: .seconds(10)).status == 0)
                let seen = try String(contentsOfFile: "\(folder)/seen", encoding: .utf8)
                #expect(seen.contains("COLOUR=blue"))
                for secret in ["s3", "t0", Stage.adminKey] { #expect(!seen.contains(secret)) }
            }
        }

        @Test func `the page tells of a failed store, not of the login that went before`()
            async throws
        {
            try await Stage.set { stage in
                let running = try connect(
                    stage, ["--no-browser", "--json"], browser: "/bin/false")
                let url = try await running.wait { address(in: $0.errors) }
                _ = await stage.instance.stop()
                let page = try await HandsFreeBrowser().open(url)
                let text = String(decoding: page.body, as: UTF8.self)
                #expect(text.contains("PostHog is not connected"))
                #expect(page.headers["Cache-Control"] == "no-store")
                #expect(page.headers["Referrer-Policy"] == "no-referrer")
                #expect(
                    page.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
                let ended = await running.end(within: .seconds(15))
                #expect(ended.document?["verdict"] == "store_failed")
                #expect(ended.document?["error"]?.string?.contains("a grant remains") == true)
                #expect(ended.status == 1)
            }
        }
    }
}
