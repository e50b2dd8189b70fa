import Engine
import Foundation
import PostHogSimulator
import Testing

extension BinaryTests {
    @Suite("nothing secret shows") struct SecrecyTests {
        /// Every secret of a run, and each way in which one might be written down.
        struct Marks {
            private let needles: [(name: String, bytes: Data)]

            init(_ secrets: [String: String]) {
                needles = secrets.flatMap { name, secret in
                    Self.spellings(secret).map { (name, Data($0.utf8)) }
                }
            }

            var count: Int { needles.count }

            private static func spellings(_ secret: String) -> [String] {
                let bytes = Array(secret.utf8)
                let percent = bytes.map { "%" + String($0, radix: 16, uppercase: true) }.joined()
                let hex = bytes.map { String($0, radix: 16) }.joined()
                // Base64 has three alignments; the characters at the edges depend on neighbours.
                let base64 = (0..<3).map { shift -> String in
                    let text = Data([UInt8](repeating: 0, count: shift) + bytes)
                        .base64EncodedString()
                    return String(text.dropFirst(shift == 0 ? 0 : 4).dropLast(4))
                }
                let base64URL = base64.map {
                    $0.replacing("+", with: "-").replacing("/", with: "_")
                }
                return [secret, percent, percent.lowercased(), hex, FormURLEncoding.escape(secret)]
                    + base64 + base64URL
            }

            /// The names of the secrets that `data` holds.
            func found(in data: Data) -> Set<String> {
                Set(needles.filter { data.range(of: $0.bytes) != nil }.map(\.name))
            }

            func found(in text: String) -> Set<String> { found(in: Data(text.utf8)) }
        }

        private static let theirHeader = "Bearer-marked-header-of-the-operator-0123456789"

        /// What the simulator saw: codes, verifiers, access tokens; and what the set-up gave.
        private func marks(_ stage: Stage) -> Marks {
            var secrets = [
                "admin key": Stage.adminKey, "auth secret": Stage.authSecret,
                "refresh token": "phr_marked_refresh_token_0123456789",
                "header": Self.theirHeader,
            ]
            for (number, call) in stage.posthog.journal.enumerated() {
                if let bearer = call.authorization?.split(separator: " ").last {
                    secrets["access token \(number)"] = String(bearer)
                }
                for pair in FormURLEncoding.decode(call.body) ?? []
                where call.path == "/oauth/token/" && ["code", "code_verifier"].contains(pair.name)
                {
                    secrets["\(pair.name) \(number)"] = pair.value
                }
            }
            for destination in stage.posthog.destinations {
                let header = destination["inputs"]?["headers"]?["value"]?[
                    "x-posthog-webhook-secret"]
                secrets["webhook secret"] = header?.string
            }
            return Marks(secrets)
        }

        private func files(in folder: String) -> [(String, Data)] {
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
            return (names ?? []).compactMap { name in
                FileManager.default.contents(atPath: "\(folder)/\(name)").map { (name, $0) }
            }
        }

        @Test func `in a full run and in failures of each kind`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.tokenOverrides = [
                    "refresh_token": "phr_marked_refresh_token_0123456789"
                ]
                var shown: [String] = []
                func note(_ ended: Program.Ended) { shown += [ended.output, ended.errors] }
                for words in [[], ["--json"], ["--no-provision", "--json"]] {
                    note(
                        try await stage.client.program(
                            [
                                "connect", "posthog", "--posthog-host",
                                stage.posthog.origin.absoluteString,
                            ]
                                + words
                        ).run())
                }
                let echo: JSONValue = ["error": "invalid_grant", "error_description": "no"]
                stage.posthog.add(
                    ServerFault("/oauth/token/", times: 1, answer: .json(400, echo)))
                note(try await stage.client.connect())
                stage.posthog.switches.consent = .deny
                note(try await stage.client.connect("--json"))
                stage.posthog.switches.consent = .approve
                stage.posthog.add(
                    ServerFault("/api/", times: 1, answer: .json(500, ["detail": "x"])))
                note(try await stage.client.connect())
                for words in [
                    ["credentials", "list"], ["credentials", "show", "posthog"], ["doctor"],
                ] {
                    note(try await stage.client.program(words).run())
                    note(try await stage.client.program(words + ["--json"]).run())
                }
                stage.posthog.seed(
                    DestinationSeed.drifted(url: "http://hogsend.example/v1/webhooks/posthog")
                        .marked(Self.theirHeader))
                for words in [["--plan"], ["--provision-only", "--merge"], ["--undo"]] {
                    for more in [[], ["--json"]] {
                        note(
                            try await stage.client.program(["connect", "posthog"] + words + more)
                                .run())
                    }
                }
                _ = await stage.posthog.emit(CapturedEvent("marked", distinctID: "ada"))
                for (method, path) in [
                    ("GET", "/v1/admin/analytics/connect-info"),
                    ("GET", "/v1/admin/provider-credentials/posthog"),
                    ("PUT", "/v1/admin/provider-credentials/posthog"),
                    ("GET", "/v1/admin/events"), ("GET", "/v1/health"),
                ] {
                    let answer = try await stage.client.call(method, path)
                    shown.append(String(decoding: answer.json.encoded(), as: UTF8.self))
                }
                let marks = marks(stage)
                #expect(marks.count > 100)
                stage.posthog.add(
                    ServerFault("/oauth/revoke", times: 1, answer: .json(400, echo)))
                for words in [["--plan"], ["--yes"], ["--yes", "--json"]] {
                    note(try await stage.client.program(["disconnect", "posthog"] + words).run())
                }
                let written = Data("x\(Stage.adminKey)y".utf8).base64EncodedString()
                #expect(marks.found(in: written) == ["admin key"], "the search finds what is there")
                for text in shown { #expect(marks.found(in: text) == []) }
                #expect(marks.found(in: stage.instance.program.errors) == [])
                let files = files(in: stage.client.folder.path)
                #expect(files.contains { $0.0.hasSuffix("hogsend.db-wal") })
                for (name, data) in files { #expect(marks.found(in: data) == [], "\(name)") }
            }
        }

        @Test func `in no process but the two that need it`() async throws {
            try await Stage.set { stage in
                stage.posthog.switches.consent = .ignore
                let running = try stage.client.program([
                    "connect", "posthog", "--posthog-host", stage.posthog.origin.absoluteString,
                ]).start()
                try await running.wait { _ in
                    stage.posthog.journal.contains { $0.path == "/oauth/authorize/" } ? () : nil
                }
                let marks = Marks(["admin": Stage.adminKey, "auth": Stage.authSecret])
                let own = ["\(running.identifier)", "\(stage.instance.program.identifier)"]
                for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc")
                where Int(entry) != nil {
                    let line = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline")
                    #expect(marks.found(in: line ?? Data()) == [], "cmdline of \(entry)")
                    guard !own.contains(entry) else { continue }
                    let variables = FileManager.default.contents(atPath: "/proc/\(entry)/environ")
                    #expect(marks.found(in: variables ?? Data()) == [], "environ of \(entry)")
                }
                for process in own {
                    let limits = FileManager.default.contents(atPath: "/proc/\(process)/limits")
                    let line = String(decoding: limits ?? Data(), as: UTF8.self)
                        .split(separator: "\n").first { $0.hasPrefix("Max core file size") }
                    #expect(line?.split(separator: " ").dropFirst(4).first == "0", "\(process)")
                }
                running.signal(SIGINT)
                _ = await running.end(within: .seconds(5))
            }
        }

        private func belongsToRoot(_ path: String) -> Bool {
            var status = stat()
            return stat(path, &status) == 0 && status.st_uid == 0 && status.st_gid == 0
        }

        /// The kernel gives what it shows of such a process to root and root's group; the group is
        /// another one here even where root runs the tests.
        @Test func `nobody but root may look into its memory`() async throws {
            let other =
                "import os, sys; os.geteuid() or os.setgid(4711); os.execv(sys.argv[1], sys.argv[1:])"
            let silent = try ListeningSocket(.loopbackIPv4, port: 0)
            defer { silent.closeUnused() }
            let words = ["doctor", "--url", "http://127.0.0.1:\(silent.port)"]
            let running = try Program(
                name: "/usr/bin/env",
                arguments: ["python3", "-c", other, Program.path("hogsend")] + words,
                environment: ["HOGSEND_ADMIN_KEY": Stage.adminKey]
            ).start()
            let path = "/proc/\(running.identifier)"
            try await running.wait { _ in
                let line = FileManager.default.contents(atPath: "\(path)/cmdline") ?? Data()
                return line.starts(with: Data(Program.path("hogsend").utf8)) ? () : nil
            }
            try await running.wait { _ in belongsToRoot("\(path)/environ") ? () : nil }
            running.signal(SIGKILL)
            _ = await running.end(within: .seconds(5))
        }
    }
}

extension JSONValue {
    /// With a header of somebody's own.
    fileprivate func marked(_ header: String) -> JSONValue {
        var members = object ?? [:]
        var inputs = members["inputs"]?.object ?? [:]
        var headers = inputs["headers"]?["value"]?.object ?? [:]
        headers["Authorization"] = .string(header)
        headers["content-type"] = .string(header)
        inputs["headers"] = ["value": .object(headers)]
        members["inputs"] = .object(inputs)
        return .object(members)
    }
}
