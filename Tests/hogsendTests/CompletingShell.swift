import Engine
import Foundation
import Testing

/// A shell that reads what `hogsend completions` prints.
enum CompletingShell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    func script() async throws -> String {
        let ended = try await Program(name: "hogsend", arguments: ["completions", rawValue]).run()
        #expect(ended.status == 0 && ended.errors == "")
        return ended.output
    }

    /// What it offers for the last of these words, in a folder with `admin.key` and `script`.
    func offered(_ words: [String]) async throws -> Set<String> {
        try await inFolder { folder in
            let ended = try await Program(
                name: "/usr/bin/env", arguments: command + words,
                environment: ["HOME": folder], folder: folder
            ).run()
            #expect(ended.status == 0 && ended.errors == registered, "\(ended.errors)")
            return Set(ended.output.split(separator: "\n").map(String.init))
        }
    }

    /// It runs on a terminal, and has read the script.
    func typing(_ body: (Terminal) async throws -> Void) async throws {
        try await inFolder { folder in
            let terminal = try Terminal(
                Program(
                    name: "/usr/bin/env", arguments: interactive,
                    environment: ["TERM": "dumb", "HOME": folder], folder: folder))
            terminal.type("\(loading); echo rea''dy\n")
            try await terminal.wait(for: "ready", within: .seconds(60))
            try await body(terminal)
            terminal.type("exit\n")
            #expect(await terminal.end(within: .seconds(60)) == 0)
        }
    }

    private func inFolder<Result>(
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for (name, text) in ["script": try await script(), "admin.key": ""] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
        }
        return try await body(folder.path)
    }

    // MARK: What each is called with

    private var command: [String] {
        switch self {
        case .bash: ["bash", "--norc", "-uc", Self.bashAsked, "hogsend"]
        case .zsh: ["zsh", "-fc", Self.zshAsked, "hogsend"]
        case .fish:
            ["fish", "--no-config", "-c", "source script; complete -C \"$argv\" | cut -f1", "--"]
        }
    }

    /// What it says on stderr of the function that it was given.
    private var registered: String {
        switch self {
        case .bash: "complete -F _hogsend hogsend\n"
        case .zsh: "_hogsend hogsend\n"
        case .fish: ""
        }
    }

    /// With the terminal as its own, without which fish reads nothing.
    private var interactive: [String] {
        let own = ["setsid", "--ctty", "--wait", rawValue]
        switch self {
        case .bash: return own + ["--norc", "-i"]
        case .zsh: return own + ["-fi"]
        case .fish: return own + ["--no-config", "-i"]
        }
    }

    /// With a command that says what it was called with.
    private var loading: String {
        switch self {
        case .bash: "source ./script; hogsend() { echo \"<$*>\"; }"
        case .zsh:
            "autoload -U compinit; compinit -uD; source ./script; hogsend() { echo \"<$*>\" }"
        case .fish: "source ./script; function hogsend; echo \"<$argv>\"; end"
        }
    }

    private static let bashAsked = """
        source ./script
        complete -p hogsend >&2
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _hogsend
        printf '%s\\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
        """

    /// The parts of zsh that work within its line editor alone, as they filter by what is typed.
    private static let zshAsked = """
        compdef() { print -u2 -r -- "$@" }
        compadd() { shift; print -rl -- "${(@M)argv:#${(b)PREFIX}*}" }
        _files() { print -rl -- ${PREFIX}*(N) }
        _describe() {
            local -a all=("${(@P)argv[-1]}")
            compadd -- "${(@)all%%:*}"
        }
        source ./script
        words=("$@") CURRENT=$# PREFIX=${@[-1]}
        _hogsend || true
        """
}
