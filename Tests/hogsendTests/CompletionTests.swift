import Engine
import Foundation
import Testing

extension BinaryTests {
    @Suite("completions") struct CompletionTests {
        private func script(_ shell: String) async throws -> String {
            let ended = try await Program(name: "hogsend", arguments: ["completions", shell]).run()
            #expect(ended.status == 0 && ended.errors == "")
            return ended.output
        }

        /// What bash offers for the last of these words.
        private func offered(_ words: [String]) async throws -> Set<String> {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let file = URL(fileURLWithPath: "\(folder.path)/hogsend.bash")
            try Data(try await script("bash").utf8).write(to: file)
            try Data().write(to: URL(fileURLWithPath: "\(folder.path)/admin.key"))
            let ended = try await Program(
                name: "/usr/bin/env",
                arguments: [
                    "bash", "--norc", "-uc",
                    """
                    source hogsend.bash
                    complete -p hogsend >&2
                    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
                    _hogsend
                    printf '%s\\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
                    """, "hogsend",
                ] + words, folder: folder.path
            ).run()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors == "complete -F _hogsend hogsend\n")
            return Set(ended.output.split(separator: "\n").map(String.init))
        }

        static let lines: [([String], offers: Set<String>, lacks: Set<String>)] = [
            (
                ["hogsend", ""], ["connect", "doctor", "posthog", "completions"], ["list", "--url"]
            ),
            (["hogsend", "con"], ["connect"], ["credentials"]),
            (["hogsend", "credentials", ""], ["list", "show", "rewrap"], ["connect"]),
            (["hogsend", "connect", ""], ["posthog"], ["connect"]),
            (["hogsend", "disconnect", "po"], ["posthog"], []),
            (
                ["hogsend", "connect", "posthog", "--"],
                ["--posthog-host", "--host", "--plan", "--client-id", "--json"],
                ["--<provider>-host", "--limit", "--everywhere"]
            ),
            (
                ["hogsend", "connect", "stripe", "--"], ["--stripe-host", "--key-file", "--plan"],
                ["--no-browser", "--timeout", "--rotate-secret", "--grace", "--client-id"]
            ),
            (["hogsend", "connect", "posthog", "--k"], [], ["--key-file"]),
            (["hogsend", "connect", "posthog", "--no-b"], ["--no-browser"], ["--no-provision"]),
            (["hogsend", "--json", "connect", "posthog", "--pl"], ["--plan"], []),
            (["hogsend", "--url", "connect", "cred"], ["credentials"], ["list"]),
            (["hogsend", "--url", "=", "http://a", "doc"], ["doctor"], []),
            (["hogsend", "--url", ""], [], ["connect", "doctor"]),
            (["hogsend", "doctor", "--admin-key-file", "adm"], ["admin.key"], []),
            (["hogsend", "doctor", "--admin-key-file", "="], ["admin.key", "hogsend.bash"], []),
            (["hogsend", "events", "list", "--provider", ""], ["posthog"], ["list"]),
            (["hogsend", "posthog", ""], ["person"], []),
            (["hogsend", "posthog", "person", "ada", "--"], ["--json"], ["--plan"]),
            (["hogsend", "posthog", "person", "ada", ""], [], ["person", "connect"]),
            (["hogsend", "nonsense", ""], [], ["connect"]),
            (["hogsend", "completions", ""], ["bash", "zsh", "fish"], []),
        ]

        @Test(arguments: lines)
        func `bash completes a line`(
            words: [String], offers: Set<String>, lacks: Set<String>
        ) async throws {
            let offered = try await offered(words)
            #expect(offers.isSubset(of: offered), "\(offered)")
            #expect(offered.isDisjoint(with: lacks), "\(offered)")
        }

        @Test func `zsh and fish know every command and flag that bash knows`() async throws {
            let bash = try await script("bash")
            let names = Set(bash.matches(of: /--[a-z-]+/).map { String($0.0) })
            #expect(names.count > 30)
            let (zsh, fish) = (try await script("zsh"), try await script("fish"))
            for name in names where !["--norc", "--"].contains(name) {
                #expect(zsh.contains("'\(name):"), "\(name)")
                #expect(fish.contains(" -l \(name.dropFirst(2)) "), "\(name)")
            }
            #expect(zsh.hasPrefix("#compdef hogsend\n"))
            #expect(zsh.contains("'posthog:PostHog'") && zsh.contains("(' connect posthog')"))
            #expect(fish.contains("complete -c hogsend -n '__hogsend_at connect' -a posthog"))
            #expect(fish.contains("complete -c hogsend -n '__hogsend_at ' -a connect -d '"))
            #expect(!zsh.contains("<provider>-host") && !fish.contains("<provider>-host"))
        }

        @Test(arguments: ["zsh", "fish"])
        func `quotes are closed on every line, and a shell that is here reads the script`(
            shell: String
        ) async throws {
            let text = try await script(shell)
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                let quotes = line.replacing(#"'\''"#, with: "").replacing(#"\'"#, with: "")
                    .count { $0 == "'" }
                #expect(quotes.isMultiple(of: 2), "\(line)")
            }
            let path = try await Program(
                name: "/usr/bin/env", arguments: ["bash", "-c", "command -v \(shell) || true"]
            ).run().output
            guard !path.isEmpty else { return }
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let file = "\(folder.path)/hogsend.\(shell)"
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let read = try await Program(
                name: "/usr/bin/env", arguments: [shell, "-n", file], folder: folder.path
            ).run()
            #expect(read.status == 0, "\(read.errors)")
        }

        @Test(arguments: [
            ["completions"], ["completions", "tcsh"], ["completions", "bash", "zsh"],
        ])
        func `another shell is a wrong line`(words: [String]) async throws {
            let ended = try await Program(name: "hogsend", arguments: words).run()
            #expect(ended.status == 2 && ended.output == "")
        }
    }
}
