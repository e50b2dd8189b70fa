import Engine

/// `hogsend events tail`.
struct EventsTailCommand: Command {
    private static let pauses = 0.5...10.0

    let usage = "events tail"
    let summary =
        "print events as they arrive, until Ctrl-C; with --json one document a line, not just one"
    let flags = EventSelection.flags

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let selection = try EventSelection(arguments)
        let console = context.console
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let cursor = Locked<String?>(nil)
        do {
            console.progress("waiting for events; Ctrl-C ends it")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await follow(instance, selection, cursor, console) }
                group.addTask { try await Self.waitUntilUnread(console) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is CancellationError {}
        return console.isUnread ? ExitStatus.unread : ExitStatus.interrupted
    }

    /// Looks now and then: events may be rare, and each stream takes a place at the instance.
    private static func waitUntilUnread(_ console: Console) async throws {
        while !console.isUnread { try await Task.sleep(for: .milliseconds(500)) }
    }

    private static func show(_ event: JSONText?, _ console: Console) {
        guard let event else { return console.warning("an event that is no JSON was passed over") }
        console.document(text: event.text)
        if !console.isJSON { console.line(EventSelection.line(event)) }
    }

    /// Again and again, once the first stream has said where it begins.
    private func follow(
        _ instance: InstanceClient, _ selection: EventSelection, _ cursor: Locked<String?>,
        _ console: Console
    ) async throws {
        var pause = Self.pauses.lowerBound
        var isLost = false
        while true {
            let before = cursor.withLock { $0 }
            do {
                try await instance.followEvents(selection.query, from: cursor) { event in
                    Self.show(event, console)
                }
            } catch let error as ConnectError {
                guard error.verdict != .unauthorized, cursor.withLock({ $0 }) != nil else {
                    throw error
                }
                if !isLost { console.progress("\(error.description); trying again") }
                isLost = true
            }
            if cursor.withLock({ $0 }) != before {
                (pause, isLost) = (Self.pauses.lowerBound, false)
            }
            try await Task.sleep(for: .seconds(pause * .random(in: 0.5...1)))
            pause = min(pause * 2, Self.pauses.upperBound)
        }
    }
}

/// `hogsend events delete --user ID`.
struct EventsDeleteCommand: Command {
    let usage = "events delete --user ID"
    let summary = "remove every stored event of one person"
    let flags = [
        Flag("--user", value: "ID", "whose events to remove"),
        Flag("--yes", "do not ask"),
    ]

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        guard let user = arguments["--user"] else {
            throw UsageError("'--user' says whose events to remove")
        }
        let console = context.console
        guard arguments.has("--yes") || console.canPrompt else {
            throw UsageError("without a terminal to ask on, '--yes' is needed")
        }
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        if !arguments.has("--yes") {
            try await console.confirm(
                "Remove every event of '\(user.sanitized())' for good?",
                hint: "run the command again to remove them")
        }
        let count = try await instance.deleteEvents(of: user)
        console.document(["ok": true, "deleted": .integer(count), "userId": .string(user)])
        if !console.isJSON {
            console.line(count == 1 ? "1 event was removed" : "\(count) events were removed")
        }
        return ExitStatus.done
    }
}
