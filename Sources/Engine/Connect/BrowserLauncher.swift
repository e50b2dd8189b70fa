#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Opens the user's browser as a process of its own (RFC 8252 §8.12).
package struct BrowserLauncher: Sendable {
    private let environment: [String: String]

    /// `environment` is the process's own; the browser gets it without anything secret.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// Why no browser of this machine can take part, in one sentence; nil when one can.
    ///
    /// `BROWSER` is the user's word that one can, wherever this runs.
    package var obstacle: String? {
        if environment["BROWSER"]?.isEmpty == false { return nil }
        if isSet("SSH_CONNECTION") || isSet("SSH_TTY") { return "this is an SSH session" }
        if isContainer { return "this is a container" }
        #if os(Linux)
            if !isSet("DISPLAY"), !isSet("WAYLAND_DISPLAY"), !isSet("WSL_DISTRO_NAME") {
                return "this machine has no display"
            }
        #endif
        return nil
    }

    /// The command that makes `port` of this machine's loopback the browser's own.
    package func tunnel(port: UInt16) -> String {
        let user = environment["USER"] ?? environment["LOGNAME"] ?? "you"
        let fields = environment["SSH_CONNECTION"]?.split(separator: " ") ?? []
        let host = fields.count == 4 ? String(fields[2]) : "this-machine"
        return "ssh -L \(port):127.0.0.1:\(port) \(user)@\(host)"
    }

    /// Starts a browser; `onFailure` is called when it ends at once with an error.
    ///
    /// Answers false when there is none to start.
    package func open(_ url: URL, onFailure: @escaping @Sendable () -> Void) -> Bool {
        for command in commands(url.absoluteString) {
            guard let process = spawn(command) else { continue }
            // Waits on a thread of its own, so that no process is left behind unreaped.
            let started = ContinuousClock.now
            Task {
                let status = await BlockingCall.run { Self.wait(for: process) }
                if status != 0, started.duration(to: .now) < .seconds(5) { onFailure() }
            }
            return true
        }
        return false
    }

    private func commands(_ url: String) -> [[String]] {
        let chosen = (environment["BROWSER"] ?? "").split(separator: ":").map { entry in
            let words = entry.split(separator: " ").map(String.init)
            return words.contains("%s")
                ? words.map { $0 == "%s" ? url : $0 } : words + [url]
        }
        #if os(Linux)
            return chosen + [["xdg-open", url], ["wslview", url]]
        #else
            return chosen + [["/usr/bin/open", url]]
        #endif
    }

    /// The browser outlives the terminal's Ctrl-C, writes nothing into our output, and gets no
    /// secret of ours.
    private func spawn(_ command: [String]) -> pid_t? {
        #if canImport(Glibc)
            var attributes = posix_spawnattr_t()
            var actions = posix_spawn_file_actions_t()
        #else
            var attributes: posix_spawnattr_t?
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        var (noSignals, allSignals) = (sigset_t(), sigset_t())
        sigemptyset(&noSignals)
        sigfillset(&allSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setsigdefault(&attributes, &allSignals)
        posix_spawnattr_setflags(&attributes, Self.spawnFlags)
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        let arguments = command.map { strdup($0) } + [nil]
        let variables = publicVariables.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var process: pid_t = 0
        guard let name = command.first,
            posix_spawnp(&process, name, &actions, &attributes, arguments, variables) == 0
        else { return nil }
        return process
    }

    /// `POSIX_SPAWN_SETSID`, which glibc shows only under a feature macro that no shim may set.
    #if canImport(Glibc)
        private static let newSession: Int32 = 0x80
    #else
        private static let newSession = POSIX_SPAWN_SETSID
    #endif
    private static let spawnFlags = Int16(
        newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF))

    private var publicVariables: [String] {
        let marks = ["KEY", "SECRET", "TOKEN", "PASSW", "DATABASE_URL", "CREDENTIAL"]
        return environment.filter { name, _ in
            !marks.contains { name.uppercased().contains($0) }
        }.map { "\($0.key)=\($0.value)" }
    }

    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private var isContainer: Bool {
        isSet("container") || access("/.dockerenv", F_OK) == 0
            || access("/run/.containerenv", F_OK) == 0
    }

    private func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
}
