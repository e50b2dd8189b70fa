import Engine
import Testing

@Suite("Browser launcher")
struct BrowserLauncherTests {
    @Test(arguments: [
        (["SSH_CONNECTION": "10.0.0.2 50000 10.0.0.1 22"], "this is an SSH session"),
        (["SSH_TTY": "/dev/pts/0", "DISPLAY": ":0"], "this is an SSH session"),
        (["container": "podman", "DISPLAY": ":0"], "this is a container"),
        (["BROWSER": "firefox", "SSH_TTY": "/dev/pts/0"], nil),
    ])
    func `it knows where no browser can take part`(
        environment: [String: String], obstacle: String?
    ) {
        #expect(BrowserLauncher(environment: environment).obstacle == obstacle)
    }

    @Test(arguments: [
        (
            ["SSH_CONNECTION": "10.0.0.2 50000 10.0.0.1 22", "USER": "ada"],
            "ssh -L 8423:127.0.0.1:8423 ada@10.0.0.1"
        ),
        (["LOGNAME": "ada"], "ssh -L 8423:127.0.0.1:8423 ada@this-machine"),
        (["SSH_CONNECTION": "nonsense"], "ssh -L 8423:127.0.0.1:8423 you@this-machine"),
    ])
    func `it knows the tunnel`(environment: [String: String], command: String) {
        #expect(BrowserLauncher(environment: environment).tunnel(port: 8423) == command)
    }

    @Test func `a browser that is not there is skipped for the next`() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let launcher = BrowserLauncher(environment: [
            "BROWSER": "/nonexistent/browser:/bin/sh \(folder.path)/open.sh %s now",
            "PATH": "/usr/bin:/bin", "ADMIN_API_KEY": "hunter2", "MY_TOKEN": "hunter2",
        ])
        let script = "printf '%s\\n' \"$@\" > \(folder.path)/seen; env >> \(folder.path)/seen\n"
        try Data(script.utf8).write(to: URL(filePath: "\(folder.path)/open.sh"))
        let opened = launcher.open(try address("https://h.example/a?b=$(id)&c='d'")) {
            Issue.record("it ended with an error")
        }
        #expect(opened)
        var seen = ""
        for _ in 0..<200 where !seen.contains("PATH=") {
            try await Task.sleep(for: .milliseconds(10))
            let data = try? Data(contentsOf: URL(filePath: "\(folder.path)/seen"))
            seen = String(decoding: data ?? Data(), as: UTF8.self)
        }
        #expect(seen.hasPrefix("https://h.example/a?b=$(id)&c='d'\nnow\n"), "no shell reads it")
        #expect(!seen.contains("hunter2"))
    }

    @Test func `a browser that fails at once is told`() async throws {
        let failed = CancellationFlag()
        let launcher = BrowserLauncher(environment: ["BROWSER": "false", "PATH": "/usr/bin:/bin"])
        #expect(launcher.open(try address("https://h.example/")) { failed.set() })
        for _ in 0..<1000 where !failed.isSet { try await Task.sleep(for: .milliseconds(10)) }
        #expect(failed.isSet)
    }
}
