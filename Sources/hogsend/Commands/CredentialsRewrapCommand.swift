import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `hogsend credentials rewrap`.
struct CredentialsRewrapCommand: Command {
    let usage = "credentials rewrap"
    let summary = "seal every row anew under the current secret (beside the instance)"
    let flags = [Flag("--dry-run", "change nothing, and say how many rows there are to do")]

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let isDry = arguments.has("--dry-run")
        let access = try StoreAccess(beside: arguments, context)
        let ticker = RewrapTicker(console: context.console)
        let progress = try await access.withStore { store in
            try await CredentialRewrap(store, dryRun: isDry).run { ticker.show($0) }
        }
        let ending = RewrapEnding(progress: progress, isDry: isDry)
        context.console.document(ending.json)
        if !context.console.isJSON { ending.show(on: context.console) }
        return ending.status
    }
}

/// A line each second on a terminal, and each ten seconds in a file.
private final class RewrapTicker {
    private let console: Console
    private let interval: Duration = isatty(STDERR_FILENO) == 1 ? .seconds(1) : .seconds(10)
    private var last = ContinuousClock.now

    init(console: Console) {
        self.console = console
    }

    func show(_ progress: CredentialRewrap.Progress) {
        guard last.duration(to: .now) >= interval else { return }
        last = .now
        console.progress("\(progress.seen) rows seen, \(progress.rewrapped) sealed anew")
    }
}

/// What became of it, for people and for programs.
private struct RewrapEnding {
    let progress: CredentialRewrap.Progress
    let isDry: Bool

    var status: Int32 {
        if !progress.closed.isEmpty { return ExitStatus.refused }
        return isDry && progress.rewrapped > 0 ? ExitStatus.somethingToDo : ExitStatus.done
    }

    private var verdict: String {
        if !progress.closed.isEmpty { return "rows_undecryptable" }
        if progress.rewrapped == 0 { return "nothing_to_do" }
        return isDry ? "rewrap_needed" : "rewrapped"
    }

    private var error: String? {
        progress.closed.isEmpty
            ? nil : "\(progress.closed.count) of \(progress.seen) rows cannot be opened"
    }

    private var hint: String? {
        guard !progress.closed.isEmpty else { return nil }
        let failures = progress.closed.map(\.failure)
        let wanted = Set(failures.compactMap(\.wantedKeyID)).sorted().map { "'\($0)'" }
        if !wanted.isEmpty {
            return "put the secrets of the keys \(wanted.joined(separator: ", ")) in "
                + "BETTER_AUTH_SECRET_PREVIOUS, or delete these credentials"
        }
        return failures.contains(.notAuthentic(keyID: nil))
            ? "put the earlier BETTER_AUTH_SECRET in BETTER_AUTH_SECRET_PREVIOUS, or delete these credentials"
            : "delete these credentials and connect again"
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "ok": .bool(status == ExitStatus.done), "verdict": .string(verdict),
            "dryRun": .bool(isDry), "rows": .integer(Int64(progress.seen)),
            "rewrapped": .integer(Int64(isDry ? 0 : progress.rewrapped)),
            "undecryptable": .array(progress.closed.map(Self.json)),
        ]
        if isDry { members["toRewrap"] = .integer(Int64(progress.rewrapped)) }
        members["error"] = error.map { .string($0) }
        members["hint"] = hint.map { .string($0) }
        return .object(members)
    }

    private static func json(_ row: CredentialRewrap.Closed) -> JSONValue {
        [
            "providerId": .string(row.provider.rawValue), "kind": .string(row.kind.rawValue),
            "keyId": row.keyID.map { .string($0) } ?? .null,
            "reason": .string(row.failure.description),
        ]
    }

    func show(on console: Console) {
        let ending = isDry ? "to seal anew" : "sealed anew"
        console.line("\(progress.rewrapped) of \(progress.seen) rows \(ending)")
        for row in progress.closed {
            console.progress(
                "\(row.provider.rawValue.sanitized(limit: 60)) \(row.kind.rawValue.sanitized(limit: 20)): \(row.failure.description)"
            )
        }
        if let error { console.progress("error: \(error)") }
        if let hint { console.progress("hint: \(hint)") }
    }
}

extension SealedRowError {
    fileprivate var wantedKeyID: String? {
        if case .unknownKey(let id) = self { id } else { nil }
    }
}
