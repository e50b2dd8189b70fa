import Engine
import Foundation
import Testing

extension BinaryTests {
    @Suite("completions") struct CompletionTests {
        static let lines: [(words: [String], offers: Set<String>, lacks: Set<String>)] = [
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
            (["hogsend", "--url", ""], [], ["connect", "doctor"]),
            (["hogsend", "doctor", "--admin-key-file", "adm"], ["admin.key"], []),
            (["hogsend", "events", "list", "--provider", ""], ["posthog"], ["list"]),
            (["hogsend", "posthog", ""], ["person"], []),
            (["hogsend", "posthog", "person", "ada", "--"], ["--json"], ["--plan"]),
            (["hogsend", "posthog", "person", "ada", ""], [], ["person", "connect"]),
            (["hogsend", "nonsense", ""], [], ["connect"]),
            (["hogsend", "completions", ""], ["bash", "zsh", "fish"], []),
        ]

        @Test(arguments: CompletingShell.allCases, lines)
        func `a line is completed`(
            shell: CompletingShell, line: (words: [String], offers: Set<String>, lacks: Set<String>)
        ) async throws {
            let offered = try await shell.offered(line.words)
            #expect(line.offers.isSubset(of: offered), "\(offered)")
            #expect(offered.isDisjoint(with: line.lacks), "\(offered)")
        }

        /// It takes = for a word of its own.
        @Test(
            arguments: [
                (["hogsend", "--url", "=", "http://a", "doc"], ["doctor"]),
                (["hogsend", "doctor", "--admin-key-file", "="], ["admin.key", "script"]),
            ] as [([String], Set<String>)])
        func `bash completes what stands behind =`(words: [String], offers: Set<String>)
            async throws
        {
            #expect(offers.isSubset(of: try await CompletingShell.bash.offered(words)))
        }

        @Test(arguments: CompletingShell.allCases)
        func `a user who presses tab gets the command and the provider`(shell: CompletingShell)
            async throws
        {
            try await shell.typing { terminal in
                terminal.type("hogsend conn\tdisc\t\n")
                try await terminal.wait(for: "<connect discord>", within: .seconds(60))
            }
        }

        @Test func `zsh and fish know every command and flag that bash knows`() async throws {
            let bash = try await CompletingShell.bash.script()
            let names = Set(bash.matches(of: /--[a-z-]+/).map { String($0.0) })
            #expect(names.count > 30)
            let zsh = try await CompletingShell.zsh.script()
            let fish = try await CompletingShell.fish.script()
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

        @Test(arguments: [
            ["completions"], ["completions", "tcsh"], ["completions", "bash", "zsh"],
        ])
        func `another shell is a wrong line`(words: [String]) async throws {
            let ended = try await Program(name: "hogsend", arguments: words).run()
            #expect(ended.status == 2 && ended.output == "")
        }
    }
}
